import { type Confbridge, confbridgeSchema } from "../model/confbridge.ts";
import { type Conference, conferenceSchema } from "../model/conference.ts";
import { type Conferencecall, conferencecallSchema, conferencecallStatuses } from "../model/conferencecall.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfbridgeStore, ConferencecallStore, ConferenceStore } from "../ports/conference-stores.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind, toRow } from "./resource-kind.ts";
import {
  changeResource,
  findResource,
  insertResource,
  listResources,
  removeResource,
  rowsWhere,
} from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import { insertFacts } from "./timeline-rows.ts";

const confbridges: ResourceKind<Confbridge> = { table: "confbridges", schema: confbridgeSchema, columns: ["status"] };
const conferences: ResourceKind<Conference> = { table: "conferences", schema: conferenceSchema, columns: ["status"] };
const conferencecalls: ResourceKind<Conferencecall> = {
  table: "conferencecalls",
  schema: conferencecallSchema,
  columns: ["conference_id", "confbridge_id", "reference_id", "status"],
};

export function confbridgeStore(database: Database, clock: Clock): ConfbridgeStore {
  const store = resourceStore(database, clock, confbridges);
  return {
    ...store,
    save: async (id, changes) => void (await store.update(id, changes)),
    ending: () =>
      database.read(async (reader) => {
        const rows = await rowsWhere(reader, confbridges.table, "status", ["terminating"]);
        return soundRows(database.log, rows, (row) => fromRow(confbridges, row));
      }),
  };
}

const liveStatuses = ["starting", "progressing", "terminating"];

export function conferenceStore(database: Database, clock: Clock): ConferenceStore {
  const store = resourceStore(database, clock, conferences);
  return {
    ...store,
    create: (conference, confbridge) =>
      database.write(async (transaction) => {
        await insertResource(transaction, confbridges, confbridge);
        await insertResource(transaction, conferences, conference);
      }),
    save: async (id, changes) => void (await store.update(id, changes)),
    remove: (id, customerId) =>
      database.write(async (transaction) => {
        const access = { id, customerId, locked: database.locksRows };
        const found = await findResource(transaction, conferences, access);
        if (!found) return false;
        await removeResource(transaction, confbridges.table, { id: found.confbridge_id });
        return removeResource(transaction, conferences.table, access);
      }),
    live: () =>
      database.read(async (reader) => {
        const rows = await rowsWhere(reader, conferences.table, "status", liveStatuses);
        return soundRows(database.log, rows, (row) => fromRow(conferences, row));
      }),
  };
}

const presentStatuses = conferencecallStatuses.filter((status) => status !== "leaved");

export const conferencecallStore = (database: Database): ConferencecallStore => ({
  create: (conferencecall, facts) =>
    database.execute((statements) => [
      statements.insert(conferencecalls.table, toRow(conferencecalls, conferencecall)),
      ...insertFacts(statements, facts),
    ]),
  save: (id, changes, facts) =>
    database.write(async (transaction) => {
      const access = { id, locked: database.locksRows };
      const changed = await changeResource(transaction, conferencecalls, access, changes);
      if (!changed) throw new StorageError("unknown", `no conferencecall ${id} is stored`);
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  get: (id, customerId) => database.read((reader) => findResource(reader, conferencecalls, { id, customerId })),
  list: (customerId, page, filter) =>
    database.read((reader) => listResources(reader, conferencecalls, customerId, page, filter)),
  present: () =>
    database.read(async (reader) => {
      const rows = await rowsWhere(reader, conferencecalls.table, "status", presentStatuses);
      return soundRows(database.log, rows, (row) => fromRow(conferencecalls, row));
    }),
});
