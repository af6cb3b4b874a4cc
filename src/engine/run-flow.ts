/**
 * The loop: one run, from where it stands to its end.
 *
 * 1. A step is stored before it begins (run-state.ts), so that it can begin again.
 * 2. Whatever an action throws becomes a fact on the timeline and the flow goes on: no failure strands a caller.
 * 3. When the signal has aborted, no further step begins.
 */
import type { ActionCatalogue, StepPorts } from "../flow/action.ts";
import { advance, type FlowEnding } from "../flow/cursor.ts";
import type { FlowLimits } from "../flow/limits.ts";
import { next, type Outcome } from "../flow/outcome.ts";
import { parseOption } from "../flow/parse-option.ts";
import { admit } from "./admission.ts";
import { memoOf, type RunState, type Step } from "./run-state.ts";

/** How a run ended; `asked` is what the last action wanted done with the call. */
export type RunEnding = {
  readonly reason: FlowEnding | "aborted";
  readonly asked?: Extract<Outcome, { kind: "stop" }>;
};

export type RunFlow = {
  readonly state: RunState;
  readonly catalogue: ActionCatalogue;
  readonly limits: FlowLimits;
  readonly signal: AbortSignal;
  readonly hasCall: boolean;
  /** Hears of each step that is over: the kind of its outcome, `failed` or `interrupted`. */
  readonly onStepEnd?: (step: Step, outcome: string) => void;
  /** The ports for one step; those of a call only when there is one. */
  readonly portsFor: (step: Step) => Omit<StepPorts, "call" | "digits"> & Partial<StepPorts>;
};

/** Runs to the end of the flow, or until the signal aborts. The state must have a step to run. */
export async function runFlow(run: RunFlow): Promise<RunEnding> {
  const { state, limits, signal } = run;
  for (let step = state.step; step; ) {
    if (signal.aborted) return { reason: "aborted" };
    const outcome = await runStep(run, step);
    if (signal.aborted) return { reason: "aborted" };
    const position = advance(state.cursor, outcome, limits);
    if (position.state === "ended") {
      return outcome.kind === "stop" ? { reason: position.reason, asked: outcome } : { reason: position.reason };
    }
    const { fact } = admit(run.catalogue, position.action, run.hasCall);
    step = await state.enterStep(position.cursor, position.action, fact);
  }
  // Without a step there was nothing to do, or a call ended before its run began.
  return { reason: signal.aborted ? "aborted" : "finished" };
}

async function runStep(run: RunFlow, step: Step): Promise<Outcome> {
  const { state, signal } = run;
  const { definition } = admit(run.catalogue, step.action, run.hasCall);
  if (!definition) return next;
  const about = { action_id: step.action.id, action: step.action.type };
  try {
    const option = parseOption(definition, step.action.option, state.variables);
    // An admitted action finds every port that it named.
    const ports = run.portsFor(step) as StepPorts;
    const { id: stepId, startedAtMs } = step;
    const input = { option, stepId, startedAtMs, memo: memoOf(state, stepId), signal };
    const outcome = await definition.run({ ...ports, ...input });
    state.addFact("action_ended", { ...about, outcome: describeOutcome(outcome) });
    run.onStepEnd?.(step, outcome.kind);
    return outcome;
  } catch (error) {
    if (signal.aborted) {
      state.addFact("action_ended", { ...about, outcome: "interrupted" });
      run.onStepEnd?.(step, "interrupted");
      return next;
    }
    run.onStepEnd?.(step, "failed");
    state.addFact("action_failed", { ...about, ...describeError(error) });
    return next;
  }
}

function describeOutcome(outcome: Outcome): string {
  return outcome.kind === "jump" ? `jump to ${outcome.targetId}` : outcome.kind;
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "Error", message: String(error) };
  // The fields that our error classes add say more than their message; causes may hold what users should not see.
  const { name: _, cause: _cause, stack: _stack, ...fields } = error;
  return { ...fields, error: error.name, message: error.message };
}
