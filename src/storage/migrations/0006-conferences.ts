import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Conferences, the bridges that they own or that stand alone, and who is or was in them. */
export const conferences: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "confbridges", { status: "indexed" });
    await createResourceTable(schema, "conferences", { status: "indexed" });
    await createResourceTable(schema, "conferencecalls", {
      conference_id: "indexed",
      confbridge_id: "indexed",
      reference_id: "indexed",
      status: "indexed",
    });
  },
};
