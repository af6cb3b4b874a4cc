import { type Chatbotcall, chatbotcallSchema, chatbotcallStatuses } from "../model/chatbotcall.ts";
import type { ChatbotcallStore } from "../ports/chatbot-stores.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind, toRow } from "./resource-kind.ts";
import { changeResource, findResource, listResources, removeResource, rowsWhere } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import { insertFacts } from "./timeline-rows.ts";

const chatbotcalls: ResourceKind<Chatbotcall> = {
  table: "chatbotcalls",
  schema: chatbotcallSchema,
  columns: ["chatbot_id", "reference_id", "status"],
};
const liveStatuses = chatbotcallStatuses.filter((status) => status !== "end");

export const chatbotcallStore = (database: Database): ChatbotcallStore => ({
  create: (chatbotcall, facts) =>
    database.execute((statements) => [
      statements.insert(chatbotcalls.table, toRow(chatbotcalls, chatbotcall)),
      ...insertFacts(statements, facts),
    ]),
  save: (id, changes, facts) =>
    database.write(async (transaction) => {
      const changed = await changeResource(transaction, chatbotcalls, { id, locked: database.locksRows }, changes);
      if (!changed) throw new StorageError("unknown", `no chatbotcall ${id} is stored`);
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  get: (id, customerId) => database.read((reader) => findResource(reader, chatbotcalls, { id, customerId })),
  list: (customerId, page, filter) =>
    database.read((reader) => listResources(reader, chatbotcalls, customerId, page, filter)),
  live: () =>
    database.read(async (reader) => {
      const rows = await rowsWhere(reader, chatbotcalls.table, "status", liveStatuses);
      return soundRows(database.log, rows, (row) => fromRow(chatbotcalls, row));
    }),
  remove: (id, customerId) =>
    database.write((transaction) =>
      removeResource(transaction, chatbotcalls.table, { id, customerId, locked: database.locksRows }),
    ),
});
