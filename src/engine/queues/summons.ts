import type { Clock } from "../../ports/clock.ts";
import type { QueuedCaller } from "./queued-caller.ts";

export type SummonsServices = {
  /** Brings a call's flow back to the action that put it in line; false when it is not in the list of this name. */
  readonly interrupt: (callId: string, list: string) => boolean;
  readonly clock: Clock;
  readonly background: (work: Promise<unknown>) => void;
  /** Aborts when the engine stops. */
  readonly closing: AbortSignal;
};

/** How soon a flow that did not come is called again: it was about to enter its list, or a crash came in between. */
const CALL_AGAIN_MS = 50;

export type Summons = ReturnType<typeof createSummons>;

/** Calls the flows of callers whose turn has come, each until it looks what its turn is. */
export function createSummons({ interrupt, clock, background, closing }: SummonsServices) {
  const summoned = new Set<QueuedCaller>();

  async function callUntilItComes(caller: QueuedCaller): Promise<void> {
    const signal = AbortSignal.any([caller.scope.signal, closing]);
    while (summoned.has(caller) && !signal.aborted) {
      interrupt(caller.record.reference_id, caller.record.id);
      await clock.sleepUntil(clock.now() + CALL_AGAIN_MS, signal).catch(() => undefined);
    }
    summoned.delete(caller);
  }

  return {
    summon(caller: QueuedCaller): void {
      if (summoned.has(caller)) return;
      summoned.add(caller);
      background(callUntilItComes(caller));
    },
    /** The flow has come, and knows what its turn is. */
    attended: (caller: QueuedCaller): void => void summoned.delete(caller),
  };
}
