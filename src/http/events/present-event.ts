import { agentSchema } from "../../model/agent.ts";
import { shownCallSchema } from "../../model/call.ts";
import { chatbotcallSchema } from "../../model/chatbotcall.ts";
import { confbridgeSchema } from "../../model/confbridge.ts";
import { conferenceSchema } from "../../model/conference.ts";
import { conferencecallSchema } from "../../model/conferencecall.ts";
import { conversationSchema } from "../../model/conversation.ts";
import { shownGroupcallSchema } from "../../model/groupcall.ts";
import { messageSchema } from "../../model/message.ts";
import { queuecallSchema } from "../../model/queuecall.ts";
import { shownRecordingSchema } from "../../model/recording.ts";
import { transcribeSchema, transcriptSchema } from "../../model/transcribe.ts";
import type { ActiveflowRecord } from "../../ports/activeflow-store.ts";
import type { AnnouncedResource, Announcement } from "../../ports/announcements.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Storage } from "../../ports/storage.ts";
import { readActiveflow } from "../present-activeflow.ts";
import { showQueuecalls } from "../present-queue.ts";

type Services = { readonly storage: Storage; readonly clock: Pick<Clock, "now"> };
type Present = (stored: Announcement["stored"], services: Services) => unknown;

/** From what is stored to what the API shows. */
const PRESENT: Readonly<Record<AnnouncedResource, Present>> = {
  call: (stored) => shownCallSchema.parse(stored),
  groupcall: (stored) => shownGroupcallSchema.parse(stored),
  activeflow: (stored, { storage }) => readActiveflow(storage, stored as ActiveflowRecord),
  conference: (stored) => conferenceSchema.parse(stored),
  confbridge: (stored) => confbridgeSchema.parse(stored),
  conferencecall: (stored) => conferencecallSchema.parse(stored),
  queuecall: async (stored, { storage, clock }) =>
    (await showQueuecalls(storage.queuecalls, [queuecallSchema.parse(stored)], clock.now()))[0],
  message: (stored) => messageSchema.parse(stored),
  conversation: (stored) => conversationSchema.parse(stored),
  agent: (stored) => agentSchema.parse(stored),
  recording: (stored) => shownRecordingSchema.parse(stored),
  transcribe: (stored) => transcribeSchema.parse(stored),
  transcript: (stored) => transcriptSchema.parse(stored),
  chatbotcall: (stored) => chatbotcallSchema.parse(stored),
};

/** The event as it is sent: `{type, data}`, the data as the API shows that resource. */
export const presentEvent = async ({ resource, type, stored }: Announcement, services: Services): Promise<string> =>
  JSON.stringify({ type, data: await PRESENT[resource](stored, services) });
