import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** SIP accounts, and requests that must be done once. */
export const accounts: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "extensions", { extension: "unique" });
    await createResourceTable(schema, "idempotent_requests");
  },
};
