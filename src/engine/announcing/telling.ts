/** The ways to tell a hub what has been stored. */
import type { AnnouncedResource, Announcement } from "../../ports/announcements.ts";
import type { Resource, ResourceStore } from "../../ports/resource-store.ts";
import type { AnnouncementHub } from "./hub.ts";

type Stored = Announcement["stored"];
type Reading<T> = (id: string) => Promise<T | undefined>;

type Removing<T> = {
  get(id: string, customerId?: string): Promise<T | undefined>;
  remove(id: string, customerId?: string): Promise<boolean>;
};

/** Statuses whose announcement has a name of its own. */
const SAID: Readonly<Record<string, string>> = {
  service: "serviced",
  recording: "started",
  ended: "finished",
  end: "ended",
};

/** How the announcement of a change is named. */
export const whatOf = ({ status = "updated" }: { readonly status?: string | undefined }): string =>
  SAID[status] ?? status;

export type Telling = ReturnType<typeof tellingTo>;

export function tellingTo(hub: AnnouncementHub) {
  const tellOnceRead = (resource: AnnouncedResource, what: string, read: () => Promise<Stored | undefined>): void =>
    hub.announce({ resource, type: `${resource}_${what}`, read });

  const tell = (resource: AnnouncedResource, what: string, stored: Stored): void =>
    tellOnceRead(resource, what, async () => stored);

  /** The way to remove something, announced. */
  const removalOf =
    <T extends Stored>(
      resource: AnnouncedResource,
      store: Removing<T>,
      tellRemoved = (removed: T) => tell(resource, "deleted", removed),
    ) =>
    async (id: string, customerId?: string): Promise<boolean> => {
      const stored = await store.get(id, customerId);
      const isRemoved = await store.remove(id, customerId);
      if (isRemoved && stored) tellRemoved(stored);
      return isRemoved;
    };

  const announced = <T extends Resource>(
    resource: AnnouncedResource,
    store: Pick<ResourceStore<T>, "get" | "update" | "remove">,
  ) => ({
    async update(id: string, changes: Partial<T>, customerId?: string) {
      const updated = await store.update(id, changes, customerId);
      if (updated) tell(resource, resource === "agent" && "status" in changes ? "status_updated" : "updated", updated);
      return updated;
    },
    remove: removalOf(resource, store),
  });

  return {
    tell,
    /** Tells what is read only if somebody listens. */
    tellOnceRead,
    /** Of something of which only the changes are known. */
    tellChange<T extends Stored>(
      resource: AnnouncedResource,
      what: string,
      { id, changes, get }: { readonly id: string; readonly changes: Partial<T>; readonly get: Reading<T> },
    ): void {
      tellOnceRead(resource, what, async () => {
        const stored = await get(id);
        return stored && { ...stored, ...changes };
      });
    },
    removalOf,
    /** The ways to change what the API keeps, announced. */
    announced,
    /** And to make it. */
    announcedFromTheFirst: <T extends Resource>(resource: AnnouncedResource, store: ResourceStore<T>) => ({
      ...announced(resource, store),
      async create(made: T) {
        await store.create(made);
        tell(resource, "created", made);
      },
    }),
  };
}
