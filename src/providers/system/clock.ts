import type { Clock } from "../../ports/clock.ts";

/**
 * Timers and the time of day are two clocks, and the first may be ahead of the second: by what a time service has set right
 * meanwhile. What is missing by more than this was set by hand, and is not waited for.
 */
const AHEAD_MS = 1_000;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not the promise of node:timers, which makes an error with a stack for each sleep that ends early: nearly all do.
  sleepUntil: (atMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const wake = () => {
        const missingMs = atMs - Date.now();
        if (missingMs > 0 && missingMs <= AHEAD_MS) {
          timer = setTimeout(wake, missingMs);
          return;
        }
        signal.removeEventListener("abort", abort);
        resolve();
      };
      let timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
      signal.addEventListener("abort", abort, { once: true });
    }),
};
