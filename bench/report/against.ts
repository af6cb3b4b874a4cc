import { median } from "../measure/statistics.ts";
import type { TalkRun } from "../measure/talks.ts";

/** What Ringdown takes beside what a plain dialplan takes. */
export type Against = { readonly dialplan: number; readonly ringdown: number; readonly ratio: number };

export const against = (of: (subject: string) => number): Against => {
  const [dialplan, ringdown] = [of("dialplan"), of("ringdown")];
  return { dialplan, ringdown, ratio: ringdown / dialplan };
};

/** The medians of what was measured of calls that talk. */
export const talksAgainst = (runs: readonly TalkRun[], value: (run: TalkRun) => number): Against =>
  against((subject) => median(runs.filter((run) => run.subject === subject).map(value)));
