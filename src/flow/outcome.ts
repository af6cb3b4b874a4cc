import type { Action } from "../model/action.ts";
import type { HangupReason } from "../model/hangup.ts";

/** What an action asks for when it is done. Closed: whatever an action does, it ends in one of these. */
export type Outcome =
  /** Go on: to `next_id`, else to the next action of the list. */
  | { readonly kind: "next" }
  /** Go to another action. With `times`, this action jumps at most that often, then goes on. */
  | { readonly kind: "jump"; readonly targetId: string; readonly times?: number }
  /** Run a nested list, then go on after this action. */
  | { readonly kind: "fork"; readonly actions: readonly Action[] }
  /** End the flow; its call is hung up for the reason given, with the Q.850 cause given or that of the reason. */
  | { readonly kind: "stop"; readonly hangup?: HangupReason; readonly cause?: number };

export const next: Outcome = { kind: "next" };
export const jump = (targetId: string, times?: number): Outcome =>
  times === undefined ? { kind: "jump", targetId } : { kind: "jump", targetId, times };
export const fork = (actions: readonly Action[]): Outcome => ({ kind: "fork", actions });
export const stop = (hangup?: HangupReason, cause?: number): Outcome => ({
  kind: "stop",
  ...(hangup === undefined ? {} : { hangup }),
  ...(cause === undefined ? {} : { cause }),
});
