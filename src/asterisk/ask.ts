import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";

/** Waits until Asterisk is there, asks, and says what a failure means to the core. */
export type Ask = <T>(
  operation: string,
  signal: AbortSignal,
  request: () => Promise<T>,
  /** Statuses by which Asterisk says that what is acted on is gone; 404 unless told. */
  goneStatuses?: readonly number[],
) => Promise<T>;

/**
 * What bridges answer: 404 for a bridge that is gone, 400 for a channel that is, 422 for one that is leaving, or is not in
 * the bridge.
 */
export const CHANNEL_OR_BRIDGE_GONE: readonly number[] = [400, 404, 422];

/** What a bridge of ours answers that is gone (404), or that Asterisk is ending (409: no longer in our application). */
export const BRIDGE_GONE: readonly number[] = [404, 409];

export function askThrough({ state, whenUp }: Pick<AriConnection, "state" | "whenUp">): Ask {
  return async (operation, signal, request, goneStatuses = [404]) => {
    signal.throwIfAborted();
    // Most requests go out in the very turn in which they are asked for.
    if (state().kind === "down") await whenUp(signal);
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      throw new TelephonyError(faultOf(error, goneStatuses), operation, error.message, { cause: error });
    }
  };
}

/** For operations that have reached their goal when what they act on is gone. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof TelephonyError && error.fault === "gone")) throw error;
  });
}

/** For operations that have reached their goal when what they make exists, or what they begin has begun. */
export async function unlessDone(request: Promise<unknown>): Promise<void> {
  await request.catch((error) => {
    if (!(error instanceof AriError && error.isConflict)) throw error;
  });
}

function faultOf(error: AriError, goneStatuses: readonly number[]): TelephonyError["fault"] {
  if (error.status !== undefined && goneStatuses.includes(error.status)) return "gone";
  return error.kind === "refused" ? "refused" : "unavailable";
}
