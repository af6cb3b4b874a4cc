import type { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";

/** How often we look, and how long nothing at all may come: a dead peer is known within 15 s. */
const LOOK_INTERVAL_MS = 5_000;
const SILENCE_LIMIT_MS = 10_000;

type Watch = {
  readonly socket: WebSocket;
  readonly clock: Clock;
  /** Makes the other side say something. */
  readonly ask: () => void;
  readonly dead: () => void;
};

/**
 * Tells when nothing has come for too long, asking first; ends with the signal. TCP alone says nothing for minutes
 * when the other side is gone without a word. A socket that is talked on is not asked.
 */
export const watchSocket = async ({ socket, clock, ask, dead }: Watch, signal: AbortSignal): Promise<void> => {
  let heardAtMs = clock.now();
  const hear = () => {
    heardAtMs = clock.now();
  };
  socket.on("pong", hear).on("message", hear);
  while (!signal.aborted) {
    const silentMs = clock.now() - heardAtMs;
    if (silentMs >= SILENCE_LIMIT_MS) return dead();
    if (silentMs >= LOOK_INTERVAL_MS) ask();
    await clock.sleepUntil(clock.now() + LOOK_INTERVAL_MS, signal).catch(() => {});
  }
};
