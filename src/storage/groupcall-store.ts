import { type Groupcall, groupcallSchema, groupcallStatuses } from "../model/groupcall.ts";
import type { GroupcallStore } from "../ports/groupcall-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import {
  changeResource,
  findResource,
  insertResource,
  listResources,
  removeResource,
  rowsWhere,
} from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";

const groupcalls: ResourceKind<Groupcall> = { table: "groupcalls", schema: groupcallSchema, columns: ["status"] };

const liveStatuses = groupcallStatuses.filter((status) => status !== "hangup");

export const groupcallStore = (database: Database): GroupcallStore => ({
  create: (groupcall) => database.write((transaction) => insertResource(transaction, groupcalls, groupcall)),
  save: (id, changes) =>
    database.write(async (transaction) => {
      const access = { id, locked: database.locksRows };
      const changed = await changeResource(transaction, groupcalls, access, changes);
      if (!changed) throw new StorageError("unknown", `no groupcall ${id} is stored`);
    }),
  get: (id, customerId) => database.read((reader) => findResource(reader, groupcalls, { id, customerId })),
  live: () =>
    database.read(async (reader) => {
      const rows = await rowsWhere(reader, groupcalls.table, "status", liveStatuses);
      return soundRows(database.log, rows, (row) => fromRow(groupcalls, row));
    }),
  remove: (id, customerId) =>
    database.write((transaction) => removeResource(transaction, groupcalls.table, { id, customerId })),
  list: (customerId, page) => database.read((reader) => listResources(reader, groupcalls, customerId, page)),
});
