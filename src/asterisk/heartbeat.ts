import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import type { AriConnection } from "./ari/connection.ts";

/** The dialplan plays an announcement when this variable is older than six beats. */
const VARIABLE = "RINGDOWN_HEARTBEAT";
const BEAT_MS = 5_000;

/** Tells the dialplan that we are there, for as long as we are connected. Gives its own end. */
export function startHeartbeat(connection: AriConnection, clock: Clock, log: Logger): () => void {
  const beat = () => {
    if (connection.state().kind !== "up") return;
    const value = String(Math.floor(clock.now() / 1_000));
    connection.ari.asterisk.setGlobalVar({ variable: VARIABLE, value }).catch((error) => {
      log.warn({ err: error }, "heartbeat failed");
    });
  };
  const removeListener = connection.onState(beat);
  const timer = setInterval(beat, BEAT_MS).unref();
  return () => {
    removeListener();
    clearInterval(timer);
  };
}
