import type { Clock } from "../ports/clock.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";

/** A channel that was made is in our application within milliseconds; on a machine that stands still, later. */
const ENTRY_MS = 5_000;
const FIRST_PAUSE_MS = 2;

/** What channels answer before; bridges answer 422. */
const NOT_IN_APPLICATION = 409;

/** Asks again for as long as Asterisk says, by this status, that a new channel has not entered our application. */
export async function onceEntered<T>(
  clock: Clock,
  request: () => Promise<T>,
  signal: AbortSignal,
  status = NOT_IN_APPLICATION,
): Promise<T> {
  const lastMs = clock.now() + ENTRY_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof AriError && error.status === status)) throw error;
      if (clock.now() > lastMs) {
        throw new TelephonyError("unavailable", error.operation, "the channel never became ours", { cause: error });
      }
      await clock.sleepUntil(clock.now() + pauseMs, signal);
    }
  }
}
