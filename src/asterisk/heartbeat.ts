import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import type { AriConnection } from "./ari/connection.ts";

/** The dialplan plays an announcement when this variable is older than six beats. */
const VARIABLE = "RINGDOWN_HEARTBEAT";
const BEAT_MS = 5_000;
/** Asterisk connects before it has booted, and refuses until then: new callers wait for the first beat. */
const BEAT_AGAIN_MS = 200;

type Heartbeat = {
  readonly connection: AriConnection;
  readonly clock: Clock;
  readonly log: Logger;
  /** The dialplan knows that we are there: from now on it lets callers through. */
  readonly onBeat: () => void;
};

/** Tells the dialplan that we are there, for as long as we are connected. Gives its own end. */
export function startHeartbeat({ connection, clock, log, onBeat }: Heartbeat): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function beat(): Promise<void> {
    const pauseMs = connection.state().kind !== "up" || (await tell()) ? BEAT_MS : BEAT_AGAIN_MS;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(beat, pauseMs).unref();
  }

  async function tell(): Promise<boolean> {
    const value = String(Math.floor(clock.now() / 1_000));
    try {
      await connection.ari.asterisk.setGlobalVar({ variable: VARIABLE, value });
    } catch (error) {
      log.warn({ err: error }, "heartbeat failed");
      return false;
    }
    if (connection.state().kind === "up") onBeat();
    return true;
  }

  const removeListener = connection.onState(beat);
  void beat();
  return () => {
    stopped = true;
    removeListener();
    clearTimeout(timer);
  };
}
