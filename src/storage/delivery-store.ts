import type { Kysely } from "kysely";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { Database } from "./database.ts";
import { fromDeliveryRow } from "./delivery-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import type { Tables } from "./tables.ts";
import { insertFacts } from "./timeline-rows.ts";

export const deliveryStore = (database: Database): DeliveryStore => ({
  async claim({ nowMs, untilMs, most }) {
    // Mostly there is nothing, and to find that out costs no write.
    const waiting = await database.read((reader) => due(reader, nowMs).select("sequence").limit(1).execute());
    if (waiting.length === 0) return [];
    return database.write(async (transaction) => {
      const rows = await due(transaction, nowMs)
        .selectAll()
        .limit(most)
        .$if(database.locksRows, (query) => query.forUpdate().skipLocked())
        .execute();
      if (rows.length === 0) return [];
      const taken = rows.map(({ sequence }) => sequence);
      await transaction
        .updateTable("deliveries")
        .set((is) => ({ due_at_ms: untilMs, attempts: is("attempts", "+", 1) }))
        .where("sequence", "in", taken)
        .execute();
      const claimed = rows.map((row) => ({ ...row, attempts: row.attempts + 1 }));
      return soundRows(database.log, claimed, fromDeliveryRow);
    });
  },
  delivered: (id, facts) =>
    database.write(async (transaction) => {
      await transaction.deleteFrom("deliveries").where("id", "=", id).execute();
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  postponed: (id, due_at_ms, facts) =>
    database.write(async (transaction) => {
      await transaction.updateTable("deliveries").set({ due_at_ms }).where("id", "=", id).execute();
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  givenUp: (id, facts) =>
    database.write(async (transaction) => {
      await transaction.updateTable("deliveries").set({ dead: 1 }).where("id", "=", id).execute();
      await execute(transaction, insertFacts(database.statements, facts));
    }),
  deadLetters: (customerId) =>
    database.read(async (reader) => {
      const rows = await reader
        .selectFrom("deliveries")
        .selectAll()
        .where("dead", "is not", null)
        .where("customer_id", "=", customerId)
        .orderBy("sequence")
        .execute();
      return soundRows(database.log, rows, fromDeliveryRow);
    }),
});

/** What may be sent now, longest waiting first: nothing of the same lane was stored before it and still waits. */
const due = (database: Kysely<Tables>, nowMs: number) =>
  database
    .selectFrom("deliveries")
    .where("dead", "is", null)
    .where("due_at_ms", "<=", nowMs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("deliveries as earlier")
            .select("earlier.sequence")
            .where("earlier.dead", "is", null)
            .whereRef("earlier.lane", "=", "deliveries.lane")
            .whereRef("earlier.sequence", "<", "deliveries.sequence"),
        ),
      ),
    )
    .orderBy("due_at_ms")
    .orderBy("sequence");
