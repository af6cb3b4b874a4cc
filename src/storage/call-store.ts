import { type Call, callSchema, callStatuses } from "../model/call.ts";
import type { CallStore } from "../ports/call-store.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind, toRow } from "./resource-kind.ts";
import { findResource, listResources, removeResource, rowsWhere } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { insertFacts, removeFacts } from "./timeline-rows.ts";

const calls: ResourceKind<Call> = {
  table: "calls",
  schema: callSchema,
  columns: ["channel_id", "status", "activeflow_id", "flow_id"],
};

const liveStatuses = callStatuses.filter((status) => status !== "hangup");

export const callStore = (database: Database): CallStore => ({
  create: (call, facts) =>
    database.execute((statements) => [
      statements.insert(calls.table, toRow(calls, call)),
      ...insertFacts(statements, facts),
    ]),
  save: (call, facts) =>
    database.execute((statements) => {
      const { id, status, tm_update } = call;
      // Only what may have changed: each other column has an index that would be written too.
      const row = { status, tm_update, document: JSON.stringify(call) };
      return [statements.update(calls.table, id, row, `no call ${id} is stored`), ...insertFacts(statements, facts)];
    }, "mayWait"),
  get: (id, customerId) => database.read((reader) => findResource(reader, calls, { id, customerId })),
  live: () =>
    database.read(async (reader) => {
      const rows = await rowsWhere(reader, calls.table, "status", liveStatuses);
      return soundRows(database.log, rows, (row) => fromRow(calls, row));
    }),
  remove: (id, customerId) =>
    database.write(async (transaction) => {
      const isRemoved = await removeResource(transaction, calls.table, { id, customerId });
      if (isRemoved) await removeFacts(transaction, id);
      return isRemoved;
    }),
  list: (customerId, page, filter) => database.read((reader) => listResources(reader, calls, customerId, page, filter)),
});
