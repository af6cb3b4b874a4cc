import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleepUntil(atMs, signal) {
    await sleep(Math.max(0, atMs - Date.now()), undefined, { signal }).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
  },
};
