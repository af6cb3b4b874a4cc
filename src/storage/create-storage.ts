import { type Agent, agentSchema } from "../model/agent.ts";
import { type Chatbot, chatbotSchema } from "../model/chatbot.ts";
import { type Flow, flowSchema } from "../model/flow.ts";
import { type Queue, queueSchema } from "../model/queue.ts";
import { type Tag, tagSchema } from "../model/tag.ts";
import { type Trunk, trunkSchema } from "../model/trunk.ts";
import type { Clock } from "../ports/clock.ts";
import type { Storage } from "../ports/storage.ts";
import { accessKeyStore } from "./access-key-store.ts";
import { activeflowStore } from "./activeflow-store.ts";
import { callStore } from "./call-store.ts";
import { chatbotcallStore } from "./chatbotcall-store.ts";
import { confbridgeStore, conferencecallStore, conferenceStore } from "./conference-stores.ts";
import { conversationStore } from "./conversation-store.ts";
import { createDatabase, type Database } from "./database.ts";
import { deliveryStore } from "./delivery-store.ts";
import type { Engine, Log } from "./engine.ts";
import { extensionStore } from "./extension-store.ts";
import { patiently } from "./group-commit.ts";
import { groupcallStore } from "./groupcall-store.ts";
import { idempotencyStore } from "./idempotency-store.ts";
import { listedStore } from "./listed-store.ts";
import { messageStore } from "./message-store.ts";
import { migrate } from "./migrate.ts";
import { numberStore } from "./number-store.ts";
import { queuecallStore } from "./queuecall-store.ts";
import { recordingStore } from "./recording-store.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { resourceStore } from "./resource-store.ts";
import { timelineStore } from "./timeline-store.ts";
import { transcribeStore, transcriptStore } from "./transcribe-stores.ts";

export type StorageServices = { readonly log: Log; readonly clock: Clock };

const flows: ResourceKind<Flow> = { table: "flows", schema: flowSchema, columns: [] };
const trunks: ResourceKind<Trunk> = { table: "trunks", schema: trunkSchema, columns: [] };
const tags: ResourceKind<Tag> = { table: "tags", schema: tagSchema, columns: ["name"] };
const agents: ResourceKind<Agent> = { table: "agents", schema: agentSchema, columns: [] };
const chatbots: ResourceKind<Chatbot> = { table: "chatbots", schema: chatbotSchema, columns: [] };
const queues: ResourceKind<Queue> = { table: "queues", schema: queueSchema, columns: [] };

/** Every store on this database, its tables brought up to date; the engine is closed when that fails. */
export async function createStorage(engine: Engine, { log, clock }: StorageServices): Promise<Storage> {
  try {
    await patiently(engine, () => migrate(engine, () => new Date(clock.now()).toISOString()));
    const database = createDatabase(engine, log);
    return {
      defaultCustomerId: await defaultCustomerId(database),
      flows: resourceStore(database, clock, flows),
      numbers: numberStore(database, clock),
      calls: callStore(database),
      activeflows: activeflowStore(database),
      deliveries: deliveryStore(database),
      timeline: timelineStore(database),
      accessKeys: accessKeyStore(database, clock),
      extensions: extensionStore(database, clock),
      trunks: listedStore(database, clock, trunks),
      tags: listedStore(database, clock, tags),
      agents: listedStore(database, clock, agents),
      groupcalls: groupcallStore(database),
      confbridges: confbridgeStore(database, clock),
      conferences: conferenceStore(database, clock),
      conferencecalls: conferencecallStore(database),
      queues: listedStore(database, clock, queues),
      queuecalls: queuecallStore(database, { queues, agents }),
      messages: messageStore(database),
      conversations: conversationStore(database, clock),
      transcribes: transcribeStore(database),
      transcripts: transcriptStore(database),
      chatbots: resourceStore(database, clock, chatbots),
      chatbotcalls: chatbotcallStore(database),
      recordings: recordingStore(database),
      idempotency: idempotencyStore(database, clock),
      check: database.check,
      close: database.close,
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

const defaultCustomerId = (database: Database): Promise<string> =>
  database.read(async (reader) => {
    const oldest = reader.selectFrom("customers").select("id").orderBy("tm_create").orderBy("id");
    return (await oldest.limit(1).executeTakeFirstOrThrow()).id;
  });
