import type { Migration } from "kysely/migration";
import { createResourceTable } from "./resource-table.ts";

/** Chatbots, and the talks that callers have with them. */
export const chatbots: Migration = {
  async up({ schema }) {
    await createResourceTable(schema, "chatbots");
    await createResourceTable(schema, "chatbotcalls", {
      chatbot_id: "indexed",
      reference_id: "indexed",
      status: "indexed",
    });
  },
};
