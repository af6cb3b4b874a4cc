/** Bounds of one activeflow; each ends it with a reason of its own. */
export type FlowLimits = {
  readonly steps: number;
  readonly jumps: number;
  readonly frames: number;
};

export const defaultFlowLimits: FlowLimits = { steps: 100_000, jumps: 10_000, frames: 100 };
