/**
 * The loop: one run, from where it stands to its end.
 *
 * 1. A step is stored before it begins (run-state.ts), so that it can begin again.
 * 2. Whatever an action throws becomes a fact on the timeline and the flow goes on: no failure strands a caller.
 * 3. When the run is over, no further step begins.
 * 4. An action that comes to no end of its own lets its variables say so, whatever broke it off, and whichever process.
 * 5. A step whose list is interrupted ends, whatever it returns, and the action that forked the list runs again. One that
 *    had not begun does not begin, but one of an earlier process does, with its signal aborted: it lets go of what it held.
 */
import type { ActionCatalogue, Break, CallPort, StepPorts } from "../flow/action.ts";
import { advance, currentAction, type FlowEnding, leftForNow, type Position, runAgain } from "../flow/cursor.ts";
import type { FlowLimits } from "../flow/limits.ts";
import { next, type Outcome } from "../flow/outcome.ts";
import { parseOption } from "../flow/parse-option.ts";
import { hasPlaceholder } from "../flow/variables.ts";
import { admit } from "./admission.ts";
import { CallEnded } from "./call-scope.ts";
import type { Interruption, RunSignal } from "./run-signal.ts";
import { memoOf, type RunState, type Step } from "./run-state.ts";

/** Characters of a filled in field that a timeline keeps. */
const LONGEST_FILLED = 500;

/** How a run ended; `asked` is what the last action wanted done with the call. */
export type RunEnding = {
  readonly reason: FlowEnding | "aborted";
  readonly asked?: Extract<Outcome, { kind: "stop" }>;
};

export type RunFlow = {
  readonly state: RunState;
  readonly catalogue: ActionCatalogue;
  readonly limits: FlowLimits;
  readonly signal: RunSignal;
  readonly hasCall: boolean;
  /** Hears of each step that is over: the kind of its outcome, `failed` or `interrupted`. */
  readonly onStepEnd?: (step: Step, outcome: string) => void;
  /** Resolves when a call that we make is answered, with the time of that, ms; at once for others. */
  readonly answered?: (signal: AbortSignal) => Promise<number>;
  /** The ports for one step; those of a call only when there is one. */
  readonly portsFor: (step: Step, signal: AbortSignal) => Omit<StepPorts, CallPort> & Partial<StepPorts>;
  /**
   * Lets go of what an earlier process held for a step that is interrupted, or fails, where the action did not. Never
   * rejects.
   */
  readonly letGo?: (step: Step) => Promise<void>;
};

/** Runs to the end of the flow, or until it is over for another reason. The state must have a step to run. */
export async function runFlow(run: RunFlow): Promise<RunEnding> {
  const { state, limits, signal } = run;
  for (let step = state.step; step; ) {
    if (signal.isOver) {
      const { definition } = admit(run.catalogue, step.action, run.hasCall);
      state.breakOff(definition, breakOf(signal.ofStep));
      return { reason: "aborted" };
    }
    const outcome = await runStep(run, step);
    if (signal.isOver) return { reason: "aborted" };
    // From here until the state stands elsewhere nothing is awaited: an interruption finds the run here or there.
    const interruption = signal.take();
    const position = interruption ? obey(interruption, run) : advance(state.cursor, outcome, limits);
    if (position.state === "ended") {
      signal.conclude();
      return outcome.kind === "stop" ? { reason: position.reason, asked: outcome } : { reason: position.reason };
    }
    const { fact } = admit(run.catalogue, position.action, run.hasCall);
    step = await state.enterStep(position.cursor, position.action, fact);
  }
  // Without a step there was nothing to do, or a call ended before its run began.
  return { reason: signal.isOver ? "aborted" : "finished" };
}

function obey({ cursor, list }: Interruption, { state, limits }: RunFlow): Position {
  const forking = currentAction(cursor);
  state.addFact("list_interrupted", { action_id: forking?.id, action: forking?.type, list });
  return runAgain(cursor, limits);
}

async function runStep(run: RunFlow, step: Step): Promise<Outcome> {
  const { state } = run;
  const signal = run.signal.ofStep;
  const { definition } = admit(run.catalogue, step.action, run.hasCall);
  if (!definition) return next;
  const about = { action_id: step.action.id, action: step.action.type };
  const interrupted = async () => {
    if (step.resumed && !run.signal.isOver) await run.letGo?.(step);
    state.addFact("action_ended", { ...about, outcome: "interrupted" });
    run.onStepEnd?.(step, "interrupted");
    return next;
  };
  if (signal.aborted && !step.resumed) {
    state.breakOff(definition, breakOf(signal));
    return await interrupted();
  }
  try {
    const answeredAtMs = definition.waitsForAnswer ? await run.answered?.(signal) : undefined;
    const option = parseOption(definition, step.action.option, state.variables);
    // An admitted action finds every port that it named.
    const ports = run.portsFor(step, signal) as StepPorts;
    const { id: stepId } = step;
    const startedAtMs = Math.max(step.startedAtMs, answeredAtMs ?? 0);
    const again = leftForNow(state.cursor);
    const input = { option, stepId, startedAtMs, again, memo: memoOf(state, stepId), signal };
    const outcome = await definition.run({ ...ports, ...input });
    if (signal.aborted && !run.signal.isOver) return await interrupted();
    const filled = filledIn(step.action.option, option);
    state.addFact("action_ended", { ...about, outcome: describeOutcome(outcome), ...outcome.because, ...filled });
    run.onStepEnd?.(step, outcome.kind);
    return outcome;
  } catch (error) {
    state.breakOff(definition, breakOf(signal));
    if (signal.aborted) return await interrupted();
    if (step.resumed) await run.letGo?.(step);
    run.onStepEnd?.(step, "failed");
    state.addFact("action_failed", { ...about, ...describeError(error) });
    return next;
  }
}

function breakOf({ aborted, reason }: AbortSignal): Break {
  if (!aborted) return "failed";
  return reason instanceof CallEnded ? "hangup" : "left";
}

/** The fields in which variables were put in, as they were then: what was written is on the timeline already. */
function filledIn(written: Readonly<Record<string, unknown>>, option: unknown): Readonly<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [field, value] of Object.entries(written)) {
    if (typeof value !== "string" || !hasPlaceholder(value)) continue;
    const text = String((option as Readonly<Record<string, unknown>>)[field]);
    filled[field] = text.length > LONGEST_FILLED ? `${text.slice(0, LONGEST_FILLED)}…` : text;
  }
  return filled;
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === "jump") return `jump to ${outcome.targetId}`;
  return outcome.kind === "fork" && outcome.again ? "fork, then again" : outcome.kind;
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "Error", message: String(error) };
  // The fields that our error classes add say more than their message; causes may hold what users should not see.
  const { name: _, cause: _cause, stack: _stack, ...fields } = error;
  return { ...fields, error: error.name, message: error.message };
}
