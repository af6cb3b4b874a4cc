import type { Conference } from "../../model/conference.ts";
import type { Rooms } from "./rooms.ts";
import type { ConferenceServices } from "./services.ts";

const MS_PER_SECOND = 1_000;

export type Timeouts = ReturnType<typeof createTimeouts>;

/** Ends conferences when their time is up, counted from when they were made. */
export function createTimeouts({ clock, background, closing }: ConferenceServices, rooms: Rooms) {
  const waiting = new Map<string, AbortController>();

  async function endInTime(
    { id, timeout, tm_create, confbridge_id }: Conference,
    replaced: AbortController,
  ): Promise<void> {
    const signal = AbortSignal.any([replaced.signal, closing]);
    try {
      await clock.sleepUntil(Date.parse(tm_create) + timeout * MS_PER_SECOND, signal);
    } catch {
      return;
    }
    if (waiting.get(id) === replaced) waiting.delete(id);
    await rooms.end(confbridge_id);
  }

  return {
    /** Takes note of a conference, and of each change of its timeout. */
    watch(conference: Conference): void {
      const { id, timeout, status } = conference;
      waiting.get(id)?.abort();
      waiting.delete(id);
      if (timeout === 0 || status === "terminated") return;
      const replaced = new AbortController();
      waiting.set(id, replaced);
      background(endInTime(conference, replaced));
    },
  };
}
