import { causeOf, type HangupReason } from "../model/hangup.ts";
import type { Telephony } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";

/** How long the switch may take to tell that a channel has left after it has accepted the hangup. */
const LEAVING_MS = 5_000;

/** Hangs a call up for this reason and waits until its channel has left; nothing when it has ended already. */
export async function hangUp(
  scope: CallScope,
  telephony: Telephony,
  reason: HangupReason,
  cause: number = causeOf[reason],
): Promise<void> {
  if (scope.signal.aborted) return;
  scope.hangingUp(reason, cause);
  await telephony.hangup(scope.call.channel_id, cause);
  const patience = setTimeout(() => scope.left(), LEAVING_MS);
  await scope.changes.until(() => (scope.signal.aborted ? true : undefined), scope.signal).catch(() => undefined);
  clearTimeout(patience);
}
