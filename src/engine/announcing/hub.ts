import type { Announcement, Announcements } from "../../ports/announcements.ts";

/** What has changed; what it has become is read only if somebody listens. */
export type Change = Omit<Announcement, "stored"> & {
  readonly read: () => Promise<Announcement["stored"] | undefined>;
};

export interface AnnouncementHub extends Announcements {
  announce(change: Change): void;
}

/** From those who change things to those who listen. Costs nothing while nobody does. */
export function createAnnouncementHub(onError: (error: unknown) => void): AnnouncementHub {
  const listeners = new Set<(announcement: Announcement) => void>();
  let last = Promise.resolve();

  async function tell({ read, ...announcement }: Change): Promise<void> {
    const stored = await read();
    if (stored) for (const listener of listeners) listener({ ...announcement, stored });
  }

  return {
    announce(change) {
      if (listeners.size === 0) return;
      last = last.then(() => tell(change)).catch(onError);
    },
    hear(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
