import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Queues, the callers in them, and what keeps agents busy because of them. */
export const queues: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "queues");
    await createResourceTable(schema, "queuecalls", {
      queue_id: "indexed",
      reference_id: "indexed",
      status: "indexed",
    });
    await createResourceTable(schema, "agent_duties");
  },
};
