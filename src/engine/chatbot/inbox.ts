import type { Clock } from "../../ports/clock.ts";

/** What happens, in order, for the one who waits for it. */
export type Inbox<Event> = {
  add(event: Event): void;
  /** The next event; undefined when nothing happens until then. Rejects with the signal's reason. */
  next(untilMs: number, signal: AbortSignal): Promise<Event | undefined>;
};

export function createInbox<Event>(clock: Clock): Inbox<Event> {
  const events: Event[] = [];
  let wake = () => {};
  return {
    add(event) {
      events.push(event);
      wake();
    },
    async next(untilMs, signal) {
      signal.throwIfAborted();
      if (events.length > 0) return events.shift();
      const news = new AbortController();
      wake = () => news.abort();
      const waiting = AbortSignal.any([signal, news.signal]);
      // Longer than a timer can wait: it is looked at again anyway.
      const lookMs = Math.min(untilMs, clock.now() + LONGEST_WAIT_MS);
      await clock.sleepUntil(lookMs, waiting).catch(() => undefined);
      signal.throwIfAborted();
      return events.shift();
    },
  };
}

const LONGEST_WAIT_MS = 60_000;
