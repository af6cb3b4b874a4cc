import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Transcriptions, and what was understood. */
export const transcribes: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "transcribes", {
      reference_id: "indexed",
      activeflow_id: "indexed",
      status: "indexed",
    });
    await createResourceTable(schema, "transcripts", { transcribe_id: "indexed" });
  },
};
