import type { Clock } from "../../ports/clock.ts";

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
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
      signal.addEventListener("abort", abort, { once: true });
    }),
};
