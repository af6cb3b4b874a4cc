import type { ChatPlan } from "./measure/chats.ts";
import type { OfferPlan } from "./measure/offers.ts";
import type { RecordingPlan } from "./measure/recordings.ts";
import type { ConferencePlan, TalkPlan } from "./measure/talks.ts";
import type { StreamPlan } from "./measure/voice-to-host.ts";

/** How much is measured. */
export type Plan = {
  readonly quick: boolean;
  /** Calls a second of the rising load, and how long each rate lasts. */
  readonly rates: readonly number[];
  readonly rateSeconds: number;
  /** The steady load that the cost of a call is taken from. */
  readonly cost: { readonly callsPerSecond: number; readonly seconds: number; readonly rounds: number };
  readonly reaction: { readonly callsPerSecond: number; readonly seconds: number };
  readonly keys: { readonly callsAtOnce: number; readonly rounds: number };
  /** Answers of callees, each heard by the caller. */
  readonly connect: { readonly rounds: number };
  /** Calls that talk at the same time. */
  readonly bridge: TalkPlan;
  readonly queue: OfferPlan;
  readonly conference: ConferencePlan;
  readonly stream: StreamPlan;
  readonly record: RecordingPlan;
  readonly chatbot: ChatPlan;
  /** The same with a webhook. */
  readonly webhook: ChatPlan;
  readonly barge: ChatPlan;
  readonly liveCalls: number;
  readonly engine: { readonly seconds: number; readonly rounds: number };
};

/** What can be measured alone. */
export const parts = [
  "engine",
  "memory",
  "cpu",
  "rates",
  "keys",
  "delay",
  "connect",
  "bridge",
  "queue",
  "conference",
  "stream",
  "record",
  "chatbot",
  "webhook",
  "barge",
] as const;
export type Part = (typeof parts)[number];

/** Below 26 minutes. */
export const fullPlan: Plan = {
  quick: false,
  rates: [20, 40, 60, 80, 100, 120, 140],
  rateSeconds: 8,
  cost: { callsPerSecond: 50, seconds: 10, rounds: 3 },
  reaction: { callsPerSecond: 50, seconds: 15 },
  keys: { callsAtOnce: 10, rounds: 12 },
  connect: { rounds: 40 },
  bridge: { calls: 100, talkSeconds: 15, rounds: 4 },
  queue: { waiting: 200, rounds: 30 },
  conference: { sizes: [10, 20, 30], talkSeconds: 10 },
  stream: { streams: 30, rounds: 20 },
  record: { calls: 50, talkSeconds: 15, rounds: 3, starts: { callsAtOnce: 10, rounds: 10 } },
  chatbot: { talks: 10, rounds: 12 },
  webhook: { talks: 10, rounds: 12 },
  barge: { talks: 10, rounds: 12 },
  liveCalls: 1_000,
  engine: { seconds: 4, rounds: 3 },
};

/** Two minutes: whether everything works. */
export const quickPlan: Plan = {
  quick: true,
  rates: [20],
  rateSeconds: 2,
  cost: { callsPerSecond: 10, seconds: 3, rounds: 1 },
  reaction: { callsPerSecond: 10, seconds: 3 },
  keys: { callsAtOnce: 3, rounds: 1 },
  connect: { rounds: 5 },
  bridge: { calls: 10, talkSeconds: 6, rounds: 1 },
  queue: { waiting: 20, rounds: 3 },
  conference: { sizes: [10], talkSeconds: 6 },
  stream: { streams: 5, rounds: 2 },
  record: { calls: 5, talkSeconds: 6, rounds: 1, starts: { callsAtOnce: 3, rounds: 1 } },
  chatbot: { talks: 2, rounds: 2 },
  webhook: { talks: 2, rounds: 2 },
  barge: { talks: 2, rounds: 2 },
  liveCalls: 50,
  engine: { seconds: 1, rounds: 1 },
};

/** The same plan, with nothing left to do but these parts. */
export const only = (wanted: readonly Part[], plan: Plan): Plan => ({
  ...plan,
  engine: { ...plan.engine, rounds: wanted.includes("engine") ? plan.engine.rounds : 0 },
  liveCalls: wanted.includes("memory") ? plan.liveCalls : 0,
  cost: { ...plan.cost, rounds: wanted.includes("cpu") ? plan.cost.rounds : 0 },
  rates: wanted.includes("rates") ? plan.rates : [],
  keys: { ...plan.keys, rounds: wanted.includes("keys") ? plan.keys.rounds : 0 },
  connect: { ...plan.connect, rounds: wanted.includes("connect") ? plan.connect.rounds : 0 },
  bridge: { ...plan.bridge, rounds: wanted.includes("bridge") ? plan.bridge.rounds : 0 },
  queue: { ...plan.queue, rounds: wanted.includes("queue") ? plan.queue.rounds : 0 },
  conference: { ...plan.conference, sizes: wanted.includes("conference") ? plan.conference.sizes : [] },
  stream: { ...plan.stream, rounds: wanted.includes("stream") ? plan.stream.rounds : 0 },
  record: {
    ...plan.record,
    rounds: wanted.includes("record") ? plan.record.rounds : 0,
    starts: { ...plan.record.starts, rounds: wanted.includes("record") ? plan.record.starts.rounds : 0 },
  },
  chatbot: { ...plan.chatbot, rounds: wanted.includes("chatbot") ? plan.chatbot.rounds : 0 },
  webhook: { ...plan.webhook, rounds: wanted.includes("webhook") ? plan.webhook.rounds : 0 },
  barge: { ...plan.barge, rounds: wanted.includes("barge") ? plan.barge.rounds : 0 },
  reaction: { ...plan.reaction, seconds: wanted.includes("delay") ? plan.reaction.seconds : 0 },
});
