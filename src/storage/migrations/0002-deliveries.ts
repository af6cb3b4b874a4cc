import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { MigrationFacts } from "./facts.ts";

/** What waits to be sent; only what waits has to be found fast. */
export const deliveries = ({ counterType }: MigrationFacts): Migration => ({
  async up(database) {
    const { schema } = database;
    await schema
      .createTable("deliveries")
      .addColumn("sequence", counterType, (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("customer_id", "text", (column) => column.notNull())
      .addColumn("activeflow_id", "text")
      .addColumn("call_id", "text")
      .addColumn("lane", "text", (column) => column.notNull())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .addColumn("due_at_ms", "bigint", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull())
      .addColumn("dead", "integer")
      .execute();
    const waiting = sql.ref("dead");
    const index = (name: string) => schema.createIndex(name).on("deliveries").where(waiting, "is", null);
    await index("deliveries_by_due").column("due_at_ms").execute();
    await index("deliveries_by_lane").columns(["lane", "sequence"]).execute();
    await schema
      .createIndex("deliveries_dead")
      .on("deliveries")
      .columns(["customer_id", "sequence"])
      .where(waiting, "is not", null)
      .execute();
  },
});
