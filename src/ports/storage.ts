import type { Chatbot } from "../model/chatbot.ts";
import type { Flow } from "../model/flow.ts";
import type { AccessKeyStore } from "./access-key-store.ts";
import type { ActiveflowStore } from "./activeflow-store.ts";
import type { AgentStore } from "./agent-store.ts";
import type { CallStore } from "./call-store.ts";
import type { ChatbotcallStore } from "./chatbot-stores.ts";
import type { ConfbridgeStore, ConferencecallStore, ConferenceStore } from "./conference-stores.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { ExtensionStore } from "./extension-store.ts";
import type { GroupcallStore } from "./groupcall-store.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { MessageStore } from "./message-store.ts";
import type { NumberStore } from "./number-store.ts";
import type { QueueStore } from "./queue-store.ts";
import type { QueuecallStore } from "./queuecall-store.ts";
import type { RecordingStore } from "./recording-store.ts";
import type { ResourceStore } from "./resource-store.ts";
import type { StorageError } from "./storage-error.ts";
import type { TagStore } from "./tag-store.ts";
import type { TimelineStore } from "./timeline-store.ts";
import type { TranscribeStore, TranscriptStore } from "./transcribe-stores.ts";
import type { TrunkStore } from "./trunk-store.ts";

/** Every store, behind one database. */
export interface Storage {
  /** The customer that every installation has. */
  readonly defaultCustomerId: string;
  readonly flows: ResourceStore<Flow>;
  readonly numbers: NumberStore;
  readonly calls: CallStore;
  readonly activeflows: ActiveflowStore;
  readonly timeline: TimelineStore;
  readonly deliveries: DeliveryStore;
  readonly accessKeys: AccessKeyStore;
  readonly extensions: ExtensionStore;
  readonly trunks: TrunkStore;
  readonly tags: TagStore;
  readonly agents: AgentStore;
  readonly groupcalls: GroupcallStore;
  readonly confbridges: ConfbridgeStore;
  readonly conferences: ConferenceStore;
  readonly conferencecalls: ConferencecallStore;
  readonly queues: QueueStore;
  readonly queuecalls: QueuecallStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly transcribes: TranscribeStore;
  readonly transcripts: TranscriptStore;
  readonly chatbots: ResourceStore<Chatbot>;
  readonly chatbotcalls: ChatbotcallStore;
  readonly recordings: RecordingStore;
  readonly idempotency: IdempotencyStore;
  /** The fault that writing has now, found by writing; undefined when it works. */
  check(): Promise<StorageError | undefined>;
  close(): Promise<void>;
}
