import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Texts that were sent or came in, and who writes to whom. */
export const messages: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "messages", { status: "indexed", conversation_id: "indexed" });
    await createResourceTable(schema, "conversations", { dialog_id: "unique among a customer's" });
  },
};
