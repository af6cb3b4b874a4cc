/**
 * The same storage, which announces what is stored through it.
 *
 * 1. An announcement comes after the storing of what it tells: who asks then finds it, or something later.
 * 2. It tells a status as it was at that moment, even if there is a later one when it is read.
 */
import type { CallStatus } from "../../model/call.ts";
import type { AnnouncedResource, Announcement } from "../../ports/announcements.ts";
import type { ResourceStore } from "../../ports/resource-store.ts";
import type { Storage } from "../../ports/storage.ts";
import type { AnnouncementHub } from "./hub.ts";

type Stored = Announcement["stored"];
type Reading<T> = (id: string) => Promise<T | undefined>;

type Removing = {
  get(id: string, customerId?: string): Promise<Stored | undefined>;
  remove(id: string, customerId?: string): Promise<boolean>;
};

/** Statuses whose announcement has a name of its own. */
const SAID: Readonly<Record<string, string>> = {
  service: "serviced",
  recording: "started",
  ended: "finished",
  end: "ended",
};

const whatOf = ({ status = "updated" }: { readonly status?: string | undefined }): string => SAID[status] ?? status;

/** The storage, announcing to the hub. */
export function announcingStorage(storage: Storage, hub: AnnouncementHub): Storage {
  const { calls, groupcalls, activeflows, conferences, confbridges, conferencecalls, queuecalls, agents } = storage;
  const { messages, conversations } = storage;
  const { recordings, transcribes, transcripts, chatbotcalls } = storage;
  /** Of live calls, as last announced. */
  const statuses = new Map<string, CallStatus>();

  const tell = (resource: AnnouncedResource, what: string, stored: Stored): void =>
    hub.announce({ resource, type: `${resource}_${what}`, read: async () => stored });

  /** Of something of which only the changes are known. */
  function tellChange<T extends Stored>(
    resource: AnnouncedResource,
    what: string,
    { id, changes, get }: { readonly id: string; readonly changes: Partial<T>; readonly get: Reading<T> },
  ): void {
    const read = async () => {
      const stored = await get(id);
      return stored && { ...stored, ...changes };
    };
    hub.announce({ resource, type: `${resource}_${what}`, read });
  }

  /** The way to remove something, announced. */
  const removalOf =
    (resource: AnnouncedResource, store: Removing) =>
    async (id: string, customerId?: string): Promise<boolean> => {
      const stored = await store.get(id, customerId);
      const isRemoved = await store.remove(id, customerId);
      if (isRemoved && stored) tell(resource, "deleted", stored);
      return isRemoved;
    };

  /** The ways to change what the API keeps, announced. */
  const announced = <T extends Stored & { tm_create: string; tm_update: string }>(
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
    ...storage,
    calls: {
      ...calls,
      async create(call, facts) {
        await calls.create(call, facts);
        statuses.set(call.id, call.status);
        tell("call", "created", call);
      },
      async save(call, facts) {
        const isNews = statuses.get(call.id) !== call.status;
        if (call.status === "hangup") statuses.delete(call.id);
        else statuses.set(call.id, call.status);
        await calls.save(call, facts);
        tell("call", isNews ? call.status : "updated", call);
      },
    },
    groupcalls: {
      ...groupcalls,
      async create(groupcall) {
        await groupcalls.create(groupcall);
        tell("groupcall", "created", groupcall);
      },
      async save(id, changes) {
        await groupcalls.save(id, changes);
        tellChange("groupcall", whatOf(changes), { id, changes, get: groupcalls.get });
      },
    },
    activeflows: {
      ...activeflows,
      async create(record, frame, facts) {
        await activeflows.create(record, frame, facts);
        tell("activeflow", "created", record);
      },
      async save(id, change, facts) {
        await activeflows.save(id, change, facts);
        const { enteredFrames: _lists, deliveries: _outbox, messages: sent = [], mayWait: _hurry, ...changes } = change;
        tellChange("activeflow", "updated", { id, changes, get: activeflows.get });
        for (const message of sent) tell("message", "created", message);
      },
    },
    conferences: {
      ...conferences,
      ...announced("conference", conferences),
      async create(conference, confbridge) {
        await conferences.create(conference, confbridge);
        tell("confbridge", "created", confbridge);
        tell("conference", "created", conference);
      },
      async save(id, changes) {
        await conferences.save(id, changes);
        tellChange("conference", "updated", { id, changes, get: conferences.get });
      },
    },
    confbridges: {
      ...confbridges,
      ...announced("confbridge", confbridges),
      async create(confbridge) {
        await confbridges.create(confbridge);
        tell("confbridge", "created", confbridge);
      },
      async save(id, changes) {
        await confbridges.save(id, changes);
        tellChange("confbridge", whatOf(changes), { id, changes, get: confbridges.get });
      },
    },
    conferencecalls: {
      ...conferencecalls,
      async create(conferencecall, facts) {
        await conferencecalls.create(conferencecall, facts);
        tell("conferencecall", conferencecall.status, conferencecall);
      },
      async save(id, changes, facts) {
        await conferencecalls.save(id, changes, facts);
        tellChange("conferencecall", whatOf(changes), { id, changes, get: conferencecalls.get });
      },
    },
    queuecalls: {
      ...queuecalls,
      async create(queuecall, facts) {
        await queuecalls.create(queuecall, facts);
        tell("queuecall", "created", queuecall);
      },
      async change(change) {
        await queuecalls.change(change);
        const { queuecall, agent } = change;
        if (queuecall) tellChange("queuecall", whatOf(queuecall.changes), { ...queuecall, get: queuecalls.get });
        if (agent) tellChange("agent", "status_updated", { ...agent, get: agents.get });
      },
    },
    messages: {
      ...messages,
      async create(message) {
        await messages.create(message);
        tell("message", "created", message);
      },
      async settle(...news) {
        const message = await messages.settle(...news);
        if (message) tell("message", "updated", message);
        return message;
      },
      remove: removalOf("message", messages),
    },
    conversations: {
      ...conversations,
      ...announced("conversation", conversations),
      async create(conversation) {
        await conversations.create(conversation);
        tell("conversation", "created", conversation);
      },
      async ensure(conversation) {
        const one = await conversations.ensure(conversation);
        if (one.id === conversation.id) tell("conversation", "created", one);
        return one;
      },
    },
    recordings: {
      ...recordings,
      async create(recording, facts) {
        await recordings.create(recording, facts);
        tell("recording", "created", recording);
      },
      async save(id, changes, facts) {
        await recordings.save(id, changes, facts);
        tellChange("recording", whatOf(changes), { id, changes, get: recordings.get });
      },
      remove: removalOf("recording", recordings),
    },
    transcribes: {
      ...transcribes,
      async create(transcribe, facts) {
        await transcribes.create(transcribe, facts);
        tell("transcribe", "created", transcribe);
      },
      async save(id, changes, facts) {
        await transcribes.save(id, changes, facts);
        // A mere fact about it changes nothing.
        if (changes.status) tellChange("transcribe", whatOf(changes), { id, changes, get: transcribes.get });
      },
      remove: removalOf("transcribe", transcribes),
    },
    transcripts: {
      ...transcripts,
      async create(transcript, facts) {
        await transcripts.create(transcript, facts);
        tell("transcript", "created", transcript);
      },
      remove: removalOf("transcript", transcripts),
    },
    chatbotcalls: {
      ...chatbotcalls,
      async create(chatbotcall, facts) {
        await chatbotcalls.create(chatbotcall, facts);
        tell("chatbotcall", "created", chatbotcall);
      },
      async save(id, changes, facts) {
        await chatbotcalls.save(id, changes, facts);
        tellChange("chatbotcall", whatOf(changes), { id, changes, get: chatbotcalls.get });
      },
      remove: removalOf("chatbotcall", chatbotcalls),
    },
    agents: {
      ...agents,
      ...announced("agent", agents),
      async create(agent) {
        await agents.create(agent);
        tell("agent", "created", agent);
      },
    },
  };
}
