import { type Recording, recordingSchema, recordingStatuses } from "../model/recording.ts";
import type { RecordingStore } from "../ports/recording-store.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind, toRow } from "./resource-kind.ts";
import { changeResource, findResource, listResources, removeResource, rowsBefore, rowsWhere } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import { insertFacts } from "./timeline-rows.ts";

const recordings: ResourceKind<Recording> = {
  table: "recordings",
  schema: recordingSchema,
  columns: ["status", "work", "reference_id"],
};
const { table } = recordings;

const liveStatuses = recordingStatuses.filter((status) => status === "initiating" || status === "recording");

export function recordingStore(database: Database): RecordingStore {
  const sound = (rows: Awaited<ReturnType<typeof rowsWhere>>) =>
    soundRows(database.log, rows, (row) => fromRow(recordings, row));
  const where = async (column: string, values: readonly string[]) =>
    sound(await database.read((reader) => rowsWhere(reader, table, column, values)));
  return {
    create: (recording, facts) =>
      database.execute((statements) => [
        statements.insert(table, toRow(recordings, recording)),
        ...insertFacts(statements, facts),
      ]),
    save: (id, changes, facts) =>
      database.write(async (transaction) => {
        const changed = await changeResource(transaction, recordings, { id, locked: database.locksRows }, changes);
        if (changed) await execute(transaction, insertFacts(database.statements, facts));
      }),
    get: (id, customerId) => database.read((reader) => findResource(reader, recordings, { id, customerId })),
    list: (customerId, page) => database.read((reader) => listResources(reader, recordings, customerId, page)),
    live: () => where("status", liveStatuses),
    unfinished: () => where("work", ["fetch", "follow", "remove"]),
    of: (...referenceIds) => where("reference_id", referenceIds),
    createdBefore: async (time, most) =>
      sound(await database.read((reader) => rowsBefore(reader, table, { status: "ended" }, time, most))),
    remove: (id) => database.write((transaction) => removeResource(transaction, table, { id })),
  };
}
