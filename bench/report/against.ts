import { median } from "../measure/statistics.ts";
import type { TalkRun } from "../measure/talks.ts";

/** What Ringdown takes beside what a dialplan takes. */
export type Against = { readonly dialplan: number; readonly ringdown: number; readonly ratio: number };

/** Whose numbers are compared. */
export type Pair = readonly [dialplan: string, ringdown: string];
type Compared = { readonly what: string; readonly pair: Pair };
const AS_THEY_COME: Pair = ["dialplan", "ringdown"];

export const against = (of: (subject: string) => number, pair = AS_THEY_COME): Against => {
  const [dialplan, ringdown] = [of(pair[0]), of(pair[1])];
  return { dialplan, ringdown, ratio: ringdown / dialplan };
};

/** The medians of what was measured of calls that talk. */
export const talksAgainst = (runs: readonly TalkRun[], value: (run: TalkRun) => number, pair?: Pair): Against =>
  against((subject) => median(runs.filter((run) => run.subject === subject).map(value)), pair);

/** `Dial()` lets the caller hear early media, `connect` only when it is asked to. */
export const ANSWERS = [
  { what: "early media passed on", pair: ["dialplan", "ringdown, as Dial()"] },
  { what: "as both come", pair: AS_THEY_COME },
] as const satisfies readonly Compared[];

/** Ways of putting a call through that are compared: two that do the same, two that do more, and both as they come. */
export const WAYS = [
  { what: "keys heard by the other phone only", pair: ["dialplan", "ringdown, as Dial()"] },
  { what: "keys collected; `Dial()` with option `t`", pair: ["dialplan, keys", "ringdown"] },
  { what: "as both come", pair: AS_THEY_COME },
] as const satisfies readonly Compared[];
