import type { Call } from "../model/call.ts";
import { causeOf, type HangupReason } from "../model/hangup.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";

/** How long the switch may take to tell that a channel has left after it has accepted the hangup. */
const LEAVING_MS = 5_000;

/**
 * Hangs a call up and waits until its channel has left; nothing when it has ended already. Without a reason, one that
 * nobody has answered is cancelled. One that is being hung up keeps its cause.
 */
export async function hangUp(
  scope: CallScope,
  telephony: Telephony,
  reason: HangupReason = isUnanswered(scope.call) ? "cancel" : "normal",
  cause: number = causeOf[reason],
): Promise<void> {
  if (scope.signal.aborted) return;
  // Stored first: killed in between, we would take our hangup for that of the far end. A storage that refuses holds no
  // caller in the line.
  await scope.hangingUp(reason, cause).catch(() => undefined);
  if (scope.signal.aborted) return;
  const { channel_id, hangup_cause } = scope.call;
  try {
    await telephony.hangup(channel_id, hangup_cause ?? cause);
  } catch (error) {
    // It is over for us; should its channel be left, that is found later.
    scope.left();
    throw error;
  }
  const patience = setTimeout(() => scope.left(), LEAVING_MS);
  await scope.changes.until(() => (scope.signal.aborted ? true : undefined), scope.signal).catch(() => undefined);
  clearTimeout(patience);
}

/** Of those that we make; one that came in is refused, for a reason of its own. */
export const isUnanswered = ({ direction, status }: Call): boolean =>
  direction === "outgoing" && (status === "dialing" || status === "ringing");
