import type { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";

/** How often we ask, and how long nothing at all may come: a dead peer is known within 15 s. */
const PING_INTERVAL_MS = 5_000;
const SILENCE_LIMIT_MS = 10_000;

/**
 * Pings until the signal aborts; tells when nothing has come for too long. TCP alone says nothing for minutes when the
 * other side is gone without a word.
 */
export const watchSocket = async (
  { socket, clock, dead }: { readonly socket: WebSocket; readonly clock: Clock; readonly dead: () => void },
  signal: AbortSignal,
): Promise<void> => {
  let heardAtMs = clock.now();
  const hear = () => {
    heardAtMs = clock.now();
  };
  socket.on("pong", hear).on("message", hear);
  while (!signal.aborted) {
    socket.ping();
    await clock.sleepUntil(clock.now() + PING_INTERVAL_MS, signal).catch(() => {});
    if (!signal.aborted && clock.now() - heardAtMs >= SILENCE_LIMIT_MS) return dead();
  }
};
