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
  readonly liveCalls: number;
  readonly engine: { readonly seconds: number; readonly rounds: number };
};

/** Below 15 minutes. */
export const fullPlan: Plan = {
  quick: false,
  rates: [20, 40, 60, 80, 100, 120, 140],
  rateSeconds: 8,
  cost: { callsPerSecond: 50, seconds: 10, rounds: 3 },
  reaction: { callsPerSecond: 50, seconds: 15 },
  keys: { callsAtOnce: 10, rounds: 12 },
  liveCalls: 1_000,
  engine: { seconds: 4, rounds: 3 },
};

/** About a minute: whether everything works. */
export const quickPlan: Plan = {
  quick: true,
  rates: [20],
  rateSeconds: 2,
  cost: { callsPerSecond: 10, seconds: 3, rounds: 1 },
  reaction: { callsPerSecond: 10, seconds: 3 },
  keys: { callsAtOnce: 3, rounds: 1 },
  liveCalls: 50,
  engine: { seconds: 1, rounds: 1 },
};
