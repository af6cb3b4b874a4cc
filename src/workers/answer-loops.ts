/**
 * Keeps texts and calls that answer each other from doing so for ever. A text is automatic when its run was started by a
 * text, or by a call that came out of something automatic; other texts of calls, and those that come over the API, are
 * nobody's answers and never refused.
 *
 * 1. Of texts that tell how many texts and calls led to them (SIP, from a Ringdown), the chain ends after some.
 * 2. Of all others only the pace tells: from one party to another so many, for each of some lengths of time. One that is
 *    refused ends its loop. A crash begins to count anew.
 */
import { hopsAmong, hopsOf, MAX_HOPS } from "../engine/dialing/hops.ts";
import type { Address } from "../model/address.ts";
import type { Message } from "../model/message.ts";
import type { ActiveflowStore } from "../ports/activeflow-store.ts";
import type { CallStore } from "../ports/call-store.ts";
import type { Clock } from "../ports/clock.ts";

type Services = {
  readonly activeflows: Pick<ActiveflowStore, "get">;
  readonly calls: Pick<CallStore, "get">;
  readonly clock: Pick<Clock, "now">;
};

/** What a text to this party counts, should it be answered automatically; or why it must not be sent. */
export type Counted = { readonly hops: number } | { readonly why: string };

export type AnswerLoops = {
  /** `isNew`: it counts, because it has not been tried before. */
  count(message: Message, destination: Address, isNew: boolean): Promise<Counted>;
};

const LONGEST_MS = 86_400_000;
/** Faster than anybody reads, for one who types with a chatbot all day; the longest of them ends slow loops too. */
const PACES = [
  { name: "minute", withinMs: 60_000, most: 20 },
  { name: "hour", withinMs: 3_600_000, most: 200 },
  { name: "day", withinMs: LONGEST_MS, most: 500 },
] as const;
/** Pairs that are remembered; then those are forgotten that have been silent for longest. */
const MOST_PAIRS = 10_000;

export function answerLoops({ activeflows, calls, clock }: Services): AnswerLoops {
  /** When each pair had its last answers; who was silent for longest comes first. */
  const answers = new Map<string, readonly number[]>();

  function tooFast(pair: string): string | undefined {
    const now = clock.now();
    const recent = (answers.get(pair) ?? []).filter((at) => now - at < LONGEST_MS);
    const pace = PACES.find(({ withinMs, most }) => recent.filter((at) => now - at < withinMs).length >= most);
    if (pace) return `${pace.most} automatic texts within a ${pace.name} have gone there`;
    answers.delete(pair);
    answers.set(pair, [...recent, now]);
    const [oldest] = answers.keys();
    if (answers.size > MOST_PAIRS && oldest !== undefined) answers.delete(oldest);
    return undefined;
  }

  return {
    async count(message, destination, isNew) {
      const run = message.activeflow_id === null ? undefined : await activeflows.get(message.activeflow_id);
      const hops = run ? await hopsOf(run, calls.get) : 0;
      if (hops === 0 && run?.reference_type !== "conversation") return { hops };
      if (hops >= MAX_HOPS) return refused(`${hops} texts and calls, each out of the one before, led to this one`);
      const why = isNew ? tooFast(pairOf(message, destination)) : undefined;
      return why === undefined ? { hops: hopsAmong(hops + 1, message.targets.length) } : refused(why);
    },
  };
}

const refused = (why: string): Counted => ({ why: `${why}: ${LOOP_REMEDY}` });

export const LOOP_REMEDY =
  "two that answer each other would go on for ever. See who answers there, and let the flow not answer that one";

const pairOf = ({ customer_id, source }: Message, destination: Address): string =>
  [customer_id, nameOf(source), nameOf(destination)].join(" ");

const nameOf = ({ type, target, target_name }: Address): string => `${type}:${target || target_name}`;
