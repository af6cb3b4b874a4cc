import { agentSchema } from "../../model/agent.ts";
import { shownCallSchema } from "../../model/call.ts";
import { shownChatbotSchema } from "../../model/chatbot.ts";
import { chatbotcallSchema } from "../../model/chatbotcall.ts";
import { visitedConfbridgeSchema } from "../../model/confbridge.ts";
import { conferenceSchema } from "../../model/conference.ts";
import { conferencecallSchema } from "../../model/conferencecall.ts";
import { conversationSchema } from "../../model/conversation.ts";
import { shownExtensionSchema } from "../../model/extension.ts";
import { flowSchema } from "../../model/flow.ts";
import { shownGroupcallSchema } from "../../model/groupcall.ts";
import { messageSchema, showMessage } from "../../model/message.ts";
import { numberSchema } from "../../model/number.ts";
import { queueSchema } from "../../model/queue.ts";
import { queuecallSchema } from "../../model/queuecall.ts";
import { shownRecordingSchema } from "../../model/recording.ts";
import { tagSchema } from "../../model/tag.ts";
import { transcribeSchema, transcriptSchema } from "../../model/transcribe.ts";
import { shownTrunkSchema } from "../../model/trunk.ts";
import type { ActiveflowRecord } from "../../ports/activeflow-store.ts";
import type { AnnouncedResource, Announcement } from "../../ports/announcements.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Storage } from "../../ports/storage.ts";
import { readActiveflow } from "../present-activeflow.ts";
import { showConfbridges, showConferences } from "../present-conference.ts";
import { showQueuecalls, showQueues } from "../present-queue.ts";

type Services = { readonly storage: Storage; readonly clock: Pick<Clock, "now"> };
type Present = (stored: Announcement["stored"], services: Services, type: string) => unknown;

/** From what is stored to what the API shows. */
const PRESENT: Readonly<Record<AnnouncedResource, Present>> = {
  call: (stored) => shownCallSchema.parse(stored),
  groupcall: (stored) => shownGroupcallSchema.parse(stored),
  activeflow: (stored, { storage }) => readActiveflow(storage, stored as ActiveflowRecord),
  conference: async (stored, { storage }) => (await showConferences(storage, [conferenceSchema.parse(stored)]))[0],
  confbridge: async (stored, { storage }) =>
    (await showConfbridges(storage, [visitedConfbridgeSchema.parse(stored)]))[0],
  conferencecall: (stored) => conferencecallSchema.parse(stored),
  queuecall: async (stored, { storage, clock }) =>
    (await showQueuecalls(storage.queuecalls, [queuecallSchema.parse(stored)], clock.now()))[0],
  message: (stored, _services, type) => {
    const message = messageSchema.parse(stored);
    return type.startsWith("conversation_") ? message : showMessage(message);
  },
  conversation: (stored) => conversationSchema.parse(stored),
  agent: (stored) => agentSchema.parse(stored),
  recording: (stored) => shownRecordingSchema.parse(stored),
  transcribe: (stored) => transcribeSchema.parse(stored),
  transcript: (stored) => transcriptSchema.parse(stored),
  chatbotcall: (stored) => chatbotcallSchema.parse(stored),
  flow: (stored) => flowSchema.parse(stored),
  number: (stored) => numberSchema.parse(stored),
  extension: (stored) => shownExtensionSchema.parse(stored),
  trunk: (stored) => shownTrunkSchema.parse(stored),
  tag: (stored) => tagSchema.parse(stored),
  queue: async (stored, { storage }) => (await showQueues(storage.queuecalls, [queueSchema.parse(stored)]))[0],
  chatbot: (stored) => shownChatbotSchema.parse(stored),
};

/** The event as it is sent: `{type, data}`, the data as the API shows that resource. */
export const presentEvent = async ({ resource, type, stored }: Announcement, services: Services): Promise<string> =>
  JSON.stringify({ type, data: await PRESENT[resource](stored, services, type) });
