import type { EngineServices } from "../../src/engine/engine.ts";
import { defaultFlowLimits } from "../../src/flow/limits.ts";
import { defaultVariableLimits } from "../../src/flow/variable-limits.ts";

/** What an engine of a test allows. */
export const testLimits = (changes: Partial<EngineServices["limits"]> = {}): EngineServices["limits"] => ({
  flow: defaultFlowLimits,
  variables: defaultVariableLimits,
  maxCallMs: 60_000,
  messageDeadlineMs: 1_000,
  allowedNumbers: [],
  ...changes,
});
