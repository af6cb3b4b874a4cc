import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Carriers; the people who take calls, and what they can do. */
export const trunksAndAgents: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "trunks");
    await createResourceTable(schema, "tags", { name: "unique among a customer's" });
    await createResourceTable(schema, "agents");
  },
};
