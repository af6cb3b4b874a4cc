import type { Clock } from "../../../src/ports/clock.ts";

/** Turns of the event loop after which everything that was set free has run. */
export const MANY_TURNS = 40;

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes when it is told to, and waiters for whatever a test changes. */
export function fakeClock() {
  let nowMs = Date.UTC(2026, 0, 1);
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const look of [...watchers]) look();
  };
  const until = (condition: () => boolean, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = () => {
        watchers.delete(look);
        signal.removeEventListener("abort", look);
      };
      const look = () => {
        if (signal.aborted) {
          done();
          reject(signal.reason);
        } else if (condition()) {
          done();
          resolve();
        }
      };
      watchers.add(look);
      signal.addEventListener("abort", look);
      look();
    });
  const clock: Clock = {
    now: () => nowMs,
    sleepUntil: (atMs, signal) => until(() => nowMs >= atMs, signal),
  };
  return {
    clock,
    until,
    notify,
    async pass(ms: number): Promise<void> {
      nowMs += ms;
      notify();
      await turns(MANY_TURNS);
    },
  };
}

/** A clock that wakes nobody who has died. */
export const mortal = (clock: Clock, isAlive: () => boolean): Clock => ({
  now: clock.now,
  async sleepUntil(atMs, signal) {
    await clock.sleepUntil(atMs, signal);
    if (!isAlive()) await new Promise(() => {});
  },
});
