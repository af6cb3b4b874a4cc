import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";

/** More than people misdial, far less than a machine does that tries out numbers: some megabytes a day. */
const MOST_STORED = 100;
const WINDOW_MS = 3_600_000;

/** Calls to numbers that nobody has. Whoever finds a server tries out numbers by the thousand, and must not fill its disk. */
export function createStrangers(clock: Pick<Clock, "now">, log: Pick<Logger, "warn">) {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    /** Whether one more is to be stored and told of; that no more are, the log tells once in an hour. */
    isWorthNoting(): boolean {
      if (clock.now() - sinceMs >= WINDOW_MS) {
        sinceMs = clock.now();
        count = 0;
      }
      count += 1;
      if (count === MOST_STORED + 1) {
        const until = new Date(sinceMs + WINDOW_MS).toISOString();
        log.warn({ stored: MOST_STORED, until }, "many calls to numbers that nobody has: more are refused, not stored");
      }
      return count <= MOST_STORED;
    },
  };
}
