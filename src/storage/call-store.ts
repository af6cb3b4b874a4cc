import { type Call, callSchema, callStatuses } from "../model/call.ts";
import type { CallStore } from "../ports/call-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { changeResource, findResource, insertResource, listResources, rowsWhere } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import type { InsertFacts } from "./timeline-rows.ts";

const calls: ResourceKind<Call> = {
  table: "calls",
  schema: callSchema,
  columns: ["channel_id", "status", "activeflow_id", "flow_id"],
};

const liveStatuses = callStatuses.filter((status) => status !== "hangup");

export const callStore = (database: Database, insertFacts: InsertFacts): CallStore => ({
  create: (call, facts) =>
    database.write(async (transaction) => {
      await insertResource(transaction, calls, call);
      await insertFacts(transaction, facts);
    }),
  save: (id, changes, facts) =>
    database.write(async (transaction) => {
      const access = { id, locked: database.locksRows };
      const changed = await changeResource(transaction, calls, access, changes);
      if (!changed) throw new StorageError("unknown", `no call ${id} is stored`);
      await insertFacts(transaction, facts);
    }),
  get: (id, customerId) => database.read((reader) => findResource(reader, calls, { id, customerId })),
  live: () =>
    database.read(async (reader) => {
      const rows = await rowsWhere(reader, calls.table, "status", liveStatuses);
      return soundRows(database.log, rows, (row) => fromRow(calls, row));
    }),
  list: (customerId, page, filter) => database.read((reader) => listResources(reader, calls, customerId, page, filter)),
});
