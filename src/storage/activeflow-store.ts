import { type Kysely, sql } from "kysely";
import type { ActiveflowChange, ActiveflowStore, StoredFrame } from "../ports/activeflow-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import { fromActiveflowRow, fromFrameRow, toActiveflowRow } from "./activeflow-row.ts";
import type { Database } from "./database.ts";
import { insertDeliveries } from "./delivery-rows.ts";
import { pageOf, placeOf } from "./paging.ts";
import { soundRows } from "./sound-rows.ts";
import type { Tables } from "./tables.ts";
import type { InsertFacts } from "./timeline-rows.ts";

export const activeflowStore = (database: Database, insertFacts: InsertFacts): ActiveflowStore => ({
  create: (record, frame, facts) =>
    database.write(async (transaction) => {
      await transaction.insertInto("activeflows").values(toActiveflowRow(record)).execute();
      await insertFrames(transaction, record.id, [frame]);
      await insertFacts(transaction, facts);
    }),
  save: (id, change, facts) =>
    database.write(async (transaction) => {
      await updateActiveflow(transaction, id, change);
      await insertFacts(transaction, facts);
    }),
  get: (id, customerId) =>
    database.read(async (reader) => {
      const row = await reader
        .selectFrom("activeflows")
        .selectAll()
        .where("id", "=", id)
        .$if(customerId !== undefined, (query) => query.where("customer_id", "=", customerId ?? ""))
        .executeTakeFirst();
      return row && fromActiveflowRow(row);
    }),
  frames: (id) =>
    database.read(async (reader) => {
      const rows = await reader.selectFrom("activeflow_frames").selectAll().where("activeflow_id", "=", id).execute();
      return rows.map(fromFrameRow);
    }),
  running: () =>
    database.read(async (reader) => {
      const rows = await reader
        .selectFrom("activeflows")
        .selectAll()
        .where("status", "=", "running")
        .orderBy("tm_create")
        .orderBy("id")
        .execute();
      return soundRows(database.log, rows, fromActiveflowRow);
    }),
  list: (customerId, page) =>
    database.read(async (reader) => {
      const place = placeOf(page);
      let query = reader.selectFrom("activeflows").selectAll().where("customer_id", "=", customerId);
      if (place)
        query = query.where((is) => is(is.refTuple("tm_create", "id"), "<", is.tuple(place.tm_create, place.id)));
      const newestFirst = query.orderBy("tm_create", "desc").orderBy("id", "desc");
      return pageOf(await newestFirst.limit(page.pageSize + 1).execute(), page, fromActiveflowRow);
    }),
});

async function updateActiveflow(transaction: Kysely<Tables>, id: string, change: ActiveflowChange): Promise<void> {
  const { enteredFrames = [], deliveries = [], position, variables, ...plain } = change;
  const columns = {
    ...plain,
    ...(position && { position: JSON.stringify(position) }),
    ...(variables && { variables: JSON.stringify(variables) }),
  };
  if (Object.keys(columns).length > 0) {
    const updated = await transaction.updateTable("activeflows").set(columns).where("id", "=", id).executeTakeFirst();
    if (updated.numUpdatedRows === 0n) throw new StorageError("unknown", `no activeflow ${id} is stored`);
  }
  await insertFrames(transaction, id, enteredFrames);
  await insertDeliveries(transaction, deliveries);
}

/** A frame that is stored already never differs, so it stays as it is. */
async function insertFrames(transaction: Kysely<Tables>, activeflowId: string, frames: readonly StoredFrame[]) {
  if (frames.length === 0) return;
  const customer_id = sql<string>`(select customer_id from activeflows where id = ${activeflowId})`;
  await transaction
    .insertInto("activeflow_frames")
    .values(
      frames.map(({ id, actions }) => ({
        activeflow_id: activeflowId,
        id,
        customer_id,
        actions: JSON.stringify(actions),
      })),
    )
    .onConflict((conflict) => conflict.columns(["activeflow_id", "id"]).doNothing())
    .execute();
}
