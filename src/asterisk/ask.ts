import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";

/** Waits until Asterisk is there, asks, and says what a failure means to the core. */
export type Ask = <T>(operation: string, signal: AbortSignal, request: () => Promise<T>) => Promise<T>;

export function askThrough(connection: Pick<AriConnection, "whenUp">): Ask {
  return async (operation, signal, request) => {
    await connection.whenUp(signal);
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      throw new TelephonyError(faultOf(error), operation, error.message, { cause: error });
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

function faultOf(error: AriError): TelephonyError["fault"] {
  if (error.isGone) return "gone";
  return error.kind === "refused" ? "refused" : "unavailable";
}
