import type { Action } from "../model/action.ts";
import type { HangupReason } from "../model/hangup.ts";
import type { JsonValue } from "../model/json.ts";

/** How an action runs again after its nested list. */
export type Again = {
  /** What it then finds as `step.again`. */
  readonly value: JsonValue;
  /** Names the nested list, so that it can be interrupted from outside. */
  readonly until?: string;
};

/** What an action asks for when it is done. Closed: whatever an action does, it ends in one of these. */
export type Outcome =
  /** Go on: to `next_id`, else to the next action of the list. */
  (
    | { readonly kind: "next" }
    /** Go to another action. With `times`, this action jumps at most that often, then goes on. */
    | { readonly kind: "jump"; readonly targetId: string; readonly times?: number }
    /** Run a nested list, then go on after this action, or run this action again. */
    | { readonly kind: "fork"; readonly actions: readonly Action[]; readonly again?: Again }
    /** End the flow; its call is hung up for the reason given, with the Q.850 cause given or that of the reason. */
    | { readonly kind: "stop"; readonly hangup?: HangupReason; readonly cause?: number }
  ) & {
    /** What decided it, for the timeline. */
    readonly because?: Readonly<Record<string, JsonValue>>;
  };

export const next: Outcome = { kind: "next" };
/** The outcome, with what decided it. */
export const because = (outcome: Outcome, facts: Readonly<Record<string, JsonValue>>): Outcome => ({
  ...outcome,
  because: facts,
});
export const jump = (targetId: string, times?: number): Outcome =>
  times === undefined ? { kind: "jump", targetId } : { kind: "jump", targetId, times };

/**
 * Runs a nested list, then goes on after this action.
 *
 * With `thenAgain`, this action runs again instead, as a new step that finds the value as `step.again`; so it does as
 * soon as somebody interrupts the list by the name that `until` gives it. The value is stored at each step of the
 * list: keep it small. An empty list, or one whose actions are all skipped, is over at once: an action that forks for as
 * long as it waits must itself wait then, or goes round until the run has no steps left.
 */
export const fork = (
  actions: readonly Action[],
  then?: { readonly thenAgain: JsonValue; readonly until?: string },
): Outcome => {
  if (!then) return { kind: "fork", actions };
  const { thenAgain: value, until } = then;
  return { kind: "fork", actions, again: until === undefined ? { value } : { value, until } };
};

export const stop = (hangup?: HangupReason, cause?: number): Outcome => ({
  kind: "stop",
  ...(hangup === undefined ? {} : { hangup }),
  ...(cause === undefined ? {} : { cause }),
});
