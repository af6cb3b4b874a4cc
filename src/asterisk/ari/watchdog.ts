import type { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";

/** How often we look; who has said nothing for so long is asked, and has until the next look: a dead peer is known within 15 s. */
const LOOK_INTERVAL_MS = 5_000;
/** We stood still ourselves: the answer may lie unread. */
const LATE_MS = 1_000;

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
  let isAsked = false;
  const hear = () => {
    heardAtMs = clock.now();
    isAsked = false;
  };
  socket.on("pong", hear).on("message", hear);
  while (!signal.aborted) {
    const lookAtMs = clock.now() + LOOK_INTERVAL_MS;
    await clock.sleepUntil(lookAtMs, signal).catch(() => {});
    if (signal.aborted) return;
    if (isAsked && clock.now() - lookAtMs < LATE_MS) return dead();
    if (clock.now() - heardAtMs < LOOK_INTERVAL_MS) continue;
    isAsked = true;
    ask();
  }
};
