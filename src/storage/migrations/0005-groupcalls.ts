import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Groups of calls that ring for one purpose. */
export const groupcalls: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "groupcalls", { status: "indexed" });
  },
};
