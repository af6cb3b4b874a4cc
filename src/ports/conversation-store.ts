import type { Conversation } from "../model/conversation.ts";
import type { ResourceStore } from "./resource-store.ts";

/** All may reject with a StorageError; `create` with `conflict` when the customer has one of that `dialog_id`. */
export interface ConversationStore extends ResourceStore<Conversation> {
  /** The customer's conversation of that `dialog_id`: the stored one, or this one, stored now. */
  ensure(conversation: Conversation): Promise<Conversation>;
}
