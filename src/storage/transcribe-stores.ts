import { type Transcribe, type Transcript, transcribeSchema, transcriptSchema } from "../model/transcribe.ts";
import type { TranscribeStore, TranscriptStore } from "../ports/transcribe-stores.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind, toRow } from "./resource-kind.ts";
import { changeResource, findResource, listResources, removeResource, rowsWhere } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import type { ResourceTables } from "./tables.ts";
import { insertFacts } from "./timeline-rows.ts";

const transcribes: ResourceKind<Transcribe> = {
  table: "transcribes",
  schema: transcribeSchema,
  columns: ["reference_id", "activeflow_id", "status"],
};
const transcripts: ResourceKind<Transcript> = {
  table: "transcripts",
  schema: transcriptSchema,
  columns: ["transcribe_id"],
};

export const transcribeStore = (database: Database): TranscribeStore => ({
  create: (transcribe, facts) =>
    database.execute((statements) => [
      statements.insert(transcribes.table, toRow(transcribes, transcribe)),
      ...insertFacts(statements, facts),
    ]),
  save: (id, changes, facts) =>
    database.write(async (transaction) => {
      await changeResource(transaction, transcribes, { id, locked: database.locksRows }, changes);
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  get: (id, customerId) => database.read((reader) => findResource(reader, transcribes, { id, customerId })),
  list: (customerId, page, filter) =>
    database.read((reader) => listResources(reader, transcribes, customerId, page, filter)),
  of: (...referenceIds) => transcribesWhere(database, "reference_id", referenceIds),
  live: () => transcribesWhere(database, "status", ["progressing"]),
  remove: (id, customerId) =>
    database.write(async (transaction) => {
      const isRemoved = await removeResource(transaction, transcribes.table, { id, customerId });
      if (!isRemoved) return false;
      const tables = transaction.$extendTables<ResourceTables>();
      await tables.deleteFrom(transcripts.table).where("transcribe_id", "=", id).execute();
      return true;
    }),
});

const transcribesWhere = (
  database: Database,
  column: string,
  values: readonly string[],
): Promise<readonly Transcribe[]> =>
  database.read(async (reader) => {
    const rows = await rowsWhere(reader, transcribes.table, column, values);
    return soundRows(database.log, rows, (row) => fromRow(transcribes, row));
  });

export const transcriptStore = (database: Database): TranscriptStore => ({
  create: (transcript, facts) =>
    database.execute((statements) => [
      statements.insert(transcripts.table, toRow(transcripts, transcript)),
      ...insertFacts(statements, facts),
    ]),
  get: (id, customerId) => database.read((reader) => findResource(reader, transcripts, { id, customerId })),
  list: (customerId, page, filter) =>
    database.read((reader) => listResources(reader, transcripts, customerId, page, filter)),
  remove: (id, customerId) =>
    database.write((transaction) => removeResource(transaction, transcripts.table, { id, customerId })),
});
