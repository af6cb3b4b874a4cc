import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Recordings; what has to be done about them must be found fast, and so must those that are old. */
export const recordings: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "recordings", { status: "indexed", work: "indexed", reference_id: "indexed" });
    await schema.createIndex("recordings_by_time").on("recordings").columns(["tm_create", "id"]).execute();
  },
};
