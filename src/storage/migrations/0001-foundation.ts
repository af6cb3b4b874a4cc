import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { MigrationFacts } from "./facts.ts";
import { createResourceTable } from "./resource-table.ts";

/** Customers, and all that one call needs. The installation's own customer is the first one. */
export const foundation = ({ now, counterType }: MigrationFacts): Migration => ({
  async up(database) {
    const { schema } = database;
    await schema
      .createTable("customers")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("tm_create", "text", (column) => column.notNull())
      .addColumn("tm_update", "text", (column) => column.notNull())
      .execute();
    const at = now();
    await database
      .insertInto("customers")
      .values({ id: randomUUID(), name: "default", tm_create: at, tm_update: at })
      .execute();

    await createResourceTable(schema, "flows");
    await createResourceTable(schema, "numbers", { number: "unique" });
    await createResourceTable(schema, "access_keys", { hash: "unique" });
    await createResourceTable(schema, "calls", {
      channel_id: "unique",
      status: "indexed",
      activeflow_id: "indexed",
      flow_id: "indexed",
    });

    await schema
      .createTable("activeflows")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("customer_id", "text", (column) => column.notNull())
      .addColumn("flow_id", "text")
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("reference_type", "text", (column) => column.notNull())
      .addColumn("reference_id", "text")
      .addColumn("reference_activeflow_id", "text")
      .addColumn("on_complete_flow_id", "text")
      .addColumn("complete_count", "integer", (column) => column.notNull())
      .addColumn("ended_reason", "text")
      .addColumn("tm_create", "text", (column) => column.notNull())
      .addColumn("tm_update", "text", (column) => column.notNull())
      .addColumn("tm_end", "text")
      .addColumn("position", "text", (column) => column.notNull())
      .addColumn("variables", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("activeflows_by_age")
      .on("activeflows")
      .columns(["customer_id", "tm_create", "id"])
      .execute();
    await schema.createIndex("activeflows_by_status").on("activeflows").column("status").execute();

    await schema
      .createTable("activeflow_frames")
      .addColumn("activeflow_id", "text", (column) => column.notNull().references("activeflows.id").onDelete("cascade"))
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("customer_id", "text", (column) => column.notNull())
      .addColumn("actions", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("activeflow_frames_key", ["activeflow_id", "id"])
      .execute();

    await schema
      .createTable("timeline")
      .addColumn("sequence", counterType, (column) => column.primaryKey())
      .addColumn("customer_id", "text", (column) => column.notNull())
      .addColumn("subject_id", "text", (column) => column.notNull())
      .addColumn("activeflow_id", "text")
      .addColumn("call_id", "text")
      .addColumn("apart", "integer")
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("data", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("timeline_by_subject").on("timeline").columns(["subject_id", "sequence"]).execute();
    await schema
      .createIndex("timeline_apart")
      .on("timeline")
      .columns(["activeflow_id", "sequence"])
      .where(sql.ref("apart"), "is not", null)
      .where(sql.ref("activeflow_id"), "is not", null)
      .execute();

    await schema
      .createTable("storage_checks")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("padding", "text", (column) => column.notNull())
      .execute();
  },
});
