import { sql } from "kysely";
import type { ActiveflowChange, ActiveflowStore, StoredFrame } from "../ports/activeflow-store.ts";
import { fromActiveflowRow, fromFrameRow, toActiveflowRow } from "./activeflow-row.ts";
import type { Database } from "./database.ts";
import { insertDeliveries } from "./delivery-rows.ts";
import { insertMessages } from "./message-store.ts";
import { pageOf, placeOf } from "./paging.ts";
import { removeResource } from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import type { Statement, Statements } from "./statement.ts";
import { insertFacts, removeFacts } from "./timeline-rows.ts";

export const activeflowStore = (database: Database): ActiveflowStore => ({
  create: (record, frame, facts) =>
    database.execute((statements) => [
      statements.insert("activeflows", toActiveflowRow(record)),
      insertFrame(statements, record.id, frame),
      ...insertFacts(statements, facts),
    ]),
  save: (id, change, facts) =>
    database.execute(
      (statements) => [...changesOf(statements, id, change), ...insertFacts(statements, facts)],
      change.mayWait ? "mayWait" : "now",
    ),
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
  remove: (id, customerId) =>
    database.write(async (transaction) => {
      const isRemoved = await removeResource(transaction, "activeflows", { id, customerId });
      if (!isRemoved) return false;
      await transaction.deleteFrom("activeflow_frames").where("activeflow_id", "=", id).execute();
      await removeFacts(transaction, id);
      return true;
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

function changesOf(statements: Statements, id: string, change: ActiveflowChange): readonly Statement[] {
  const { enteredFrames = [], deliveries = [], messages = [], mayWait: _, position, variables, ...plain } = change;
  const columns = {
    ...plain,
    ...(position && { position: JSON.stringify(position) }),
    ...(variables && { variables: JSON.stringify(variables) }),
  };
  const update = statements.update("activeflows", id, columns, `no activeflow ${id} is stored`);
  return [
    ...(Object.keys(columns).length > 0 ? [update] : []),
    ...enteredFrames.map((frame) => insertFrame(statements, id, frame)),
    ...insertDeliveries(statements, deliveries),
    ...insertMessages(statements, messages),
  ];
}

/** A frame that is stored already never differs, so it stays as it is. */
function insertFrame({ once }: Statements, activeflowId: string, { id, actions }: StoredFrame): Statement {
  const query = once("insert frame", (database) =>
    database
      .insertInto("activeflow_frames")
      .values({
        activeflow_id: "",
        id: "",
        customer_id: sql<string>`(select customer_id from activeflows where id = ${""})`,
        actions: "",
      })
      .onConflict((conflict) => conflict.columns(["activeflow_id", "id"]).doNothing()),
  );
  return { query, values: [activeflowId, id, activeflowId, JSON.stringify(actions)] };
}
