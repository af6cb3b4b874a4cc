import type { LeaveReason } from "../../model/conferencecall.ts";
import type { CallScope } from "../call-scope.ts";

/** A call whose flow is in a join step now. */
export type Guest = ReturnType<typeof createGuest>;

export function createGuest(conferencecallId: string, scope: CallScope) {
  const gone = Promise.withResolvers<void>();
  let why: LeaveReason | undefined;
  return {
    conferencecallId,
    scope,
    /** Lets it go; the first reason counts. */
    depart(reason: LeaveReason): void {
      why ??= reason;
      scope.changes.notify();
    },
    /** Resolves with the reason when it has to go; rejects when the signal aborts. */
    untilDeparture: (signal: AbortSignal): Promise<LeaveReason> => scope.changes.until(() => why, signal),
    /** Resolves when it is out, and that is stored. */
    gone: gone.promise,
    hasGone: gone.resolve,
  };
}
