import type { Chats } from "../measure/chats.ts";
import type { LoadRun } from "../measure/load-run.ts";
import type { Spread } from "../measure/statistics.ts";
import type { TalkRun } from "../measure/talks.ts";
import type { ENGINES_MS } from "../subjects/chat-engines.ts";

export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  /** Load average of a minute, before the first call and after the last: what others did at the same time. */
  readonly loadBefore: number;
  readonly loadAfter: number;
};

/** Everything that was measured, as it is written to `results/DATE.json`. */
export type Results = {
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Calls at one rate, several rounds: what a call costs. */
  readonly cost: readonly LoadRun[];
  /** Rising rates, until calls fail: how many calls a second. */
  readonly rates: readonly LoadRun[];
  readonly residentMb: Readonly<Record<string, number>>;
  /** Milliseconds from an event to the next request of its call: in all, and by event. */
  readonly reaction: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
  readonly reactionCallsPerSecond: number;
  readonly keyToSilenceMs: Readonly<Record<string, Spread>>;
  /** From the callee's answer to the first of its audio at the caller. */
  readonly answerToAudioMs: Readonly<Record<string, Spread>>;
  readonly talks: readonly TalkRun[];
  /** From an agent's hangup to the ring of the next caller, while so many wait. */
  readonly offers: { readonly waiting: number; readonly delayMs: Spread };
  readonly conferences: readonly TalkRun[];
  /** From a caller's packet to a user's WebSocket, while so many calls stream. */
  readonly streams: {
    readonly streams: number;
    readonly delayMs: Spread;
    /** To a recognizer instead. */
    readonly recognizerMs: Spread;
  };
  readonly recordings: {
    readonly calls: readonly TalkRun[];
    /** What the beginning of a recording lacks of what was said after the answer, while so many begin within a second. */
    readonly callsAtOnce: number;
    readonly missingMs: Readonly<Record<string, Spread>>;
  };
  readonly chats: Chats & {
    /** Talks at the same time. */
    readonly talks: number;
    readonly webhookTalks: number;
    readonly bargeTalks: number;
    /** What is not Ringdown's in a reply's time, always the same. */
    readonly enginesMs: typeof ENGINES_MS;
  };
  readonly liveCalls: { readonly calls: number; readonly residentMb: number; readonly idleMb: number };
  readonly engineStepsPerSecond: { readonly sqlite: number; readonly memory: number };
};
