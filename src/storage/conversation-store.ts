import { type Conversation, conversationSchema } from "../model/conversation.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConversationStore } from "../ports/conversation-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { resourceStore } from "./resource-store.ts";

const conversations: ResourceKind<Conversation> = {
  table: "conversations",
  schema: conversationSchema,
  columns: ["dialog_id"],
};

export function conversationStore(database: Database, clock: Clock): ConversationStore {
  const store = resourceStore(database, clock, conversations);

  const find = async ({ customer_id, dialog_id }: Conversation): Promise<Conversation | undefined> =>
    (await store.list(customer_id, { pageSize: 1 }, { dialog_id })).result[0];

  return {
    ...store,
    async ensure(conversation) {
      const found = await find(conversation);
      if (found) return found;
      try {
        await store.create(conversation);
        return conversation;
      } catch (error) {
        // Somebody made it at the same time.
        const made = isConflict(error) ? await find(conversation) : undefined;
        if (made) return made;
        throw error;
      }
    },
  };
}

const isConflict = (error: unknown): boolean => error instanceof StorageError && error.fault === "conflict";
