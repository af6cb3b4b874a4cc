import type { Clock } from "../../ports/clock.ts";

/** Time that passes only when somebody waits for it. */
export type PretendClock = Clock & { pass(durationMs: number): void };

/** A clock that jumps to whatever is waited for, unless something else ends the wait first. */
export function pretendClock(startMs: number): PretendClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    pass(durationMs) {
      nowMs += durationMs;
    },
    async sleepUntil(atMs, signal) {
      // Whoever races this wait, such as a key, has settled by then.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      nowMs = Math.max(nowMs, atMs);
    },
  };
}
