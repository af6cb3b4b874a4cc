/**
 * The same storage, which announces what is stored through it.
 *
 * 1. An announcement comes after the storing of what it tells: who asks then finds it, or something later.
 * 2. It tells a status as it was at that moment, even if there is a later one when it is read.
 */
import type { CallStatus } from "../../model/call.ts";
import type { VisitedConfbridge } from "../../model/confbridge.ts";
import type { Message } from "../../model/message.ts";
import type { Storage } from "../../ports/storage.ts";
import type { AnnouncementHub } from "./hub.ts";
import { announcingSettings } from "./settings.ts";
import { tellingTo, whatOf } from "./telling.ts";

/** The storage, announcing to the hub. */
export function announcingStorage(storage: Storage, hub: AnnouncementHub): Storage {
  const { calls, groupcalls, activeflows, conferences, confbridges, conferencecalls, queuecalls, agents } = storage;
  const { messages, conversations } = storage;
  const { recordings, transcribes, transcripts, chatbotcalls } = storage;
  const telling = tellingTo(hub);
  const { tell, tellChange, tellOnceRead, removalOf, announced, announcedFromTheFirst } = telling;
  /** Of live calls, as last announced. */
  const statuses = new Map<string, CallStatus>();

  /** Once more as what it is to its conversation, if it is part of one. */
  function tellMessage(what: string, message: Message): void {
    tell("message", what, message);
    if (message.conversation_id === null) return;
    hub.announce({ resource: "message", type: `conversation_message_${what}`, read: async () => message });
  }

  /** That the confbridge of a stay has one more, or one less. */
  function tellConfbridge(id: string, status: "joined" | "leaved"): void {
    tellOnceRead("confbridge", status, async (): Promise<VisitedConfbridge | undefined> => {
      const stay = await conferencecalls.get(id);
      const confbridge = stay && (await confbridges.get(stay.confbridge_id));
      return confbridge && { ...confbridge, [`${status}_call_id`]: stay.reference_id };
    });
  }

  return {
    ...storage,
    ...announcingSettings(storage, telling),
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
      remove: removalOf("call", calls),
    },
    groupcalls: {
      ...groupcalls,
      async create(groupcall) {
        await groupcalls.create(groupcall);
        tell("groupcall", "created", groupcall);
      },
      async save(id, changes) {
        await groupcalls.save(id, changes);
        const what = changes.answer_call_id ? "progressing" : whatOf(changes);
        tellChange("groupcall", what, { id, changes, get: groupcalls.get });
      },
      remove: removalOf("groupcall", groupcalls),
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
        for (const message of sent) tellMessage("created", message);
      },
      remove: removalOf("activeflow", activeflows),
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
      async remove(id, customerId) {
        const conference = await conferences.get(id, customerId);
        const confbridge = conference && (await confbridges.get(conference.confbridge_id));
        const isRemoved = await conferences.remove(id, customerId);
        if (isRemoved && confbridge) tell("confbridge", "deleted", confbridge);
        if (isRemoved && conference) tell("conference", "deleted", conference);
        return isRemoved;
      },
    },
    confbridges: {
      ...confbridges,
      ...announcedFromTheFirst("confbridge", confbridges),
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
        const { status } = changes;
        if (status === "joined" || status === "leaved") tellConfbridge(id, status);
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
      remove: removalOf("queuecall", queuecalls),
    },
    messages: {
      ...messages,
      async create(message) {
        await messages.create(message);
        tellMessage("created", message);
      },
      async settle(...news) {
        const message = await messages.settle(...news);
        if (message) tellMessage("updated", message);
        return message;
      },
      remove: removalOf("message", messages, (message) => tellMessage("deleted", message)),
    },
    conversations: {
      ...conversations,
      ...announcedFromTheFirst("conversation", conversations),
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
        // Only what has its file is finished.
        const what = changes.status === "ended" && !changes.storage_key ? "failed" : whatOf(changes);
        tellChange("recording", what, { id, changes, get: recordings.get });
      },
      remove: removalOf("recording", recordings),
    },
    transcribes: {
      ...transcribes,
      async create(transcribe, facts) {
        await transcribes.create(transcribe, facts);
        tell("transcribe", "created", transcribe);
        tell("transcribe", whatOf(transcribe), transcribe);
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
  };
}
