import type { Message, MessageTarget } from "../model/message.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { ResourceStore } from "./resource-store.ts";

/** Messages of runs come with the change that sends them (ActiveflowChange). All may reject with a StorageError. */
export interface MessageStore extends Pick<ResourceStore<Message>, "get" | "list" | "remove"> {
  /** Stores it together with what is to be delivered: one delivery for each target that is queued. */
  create(message: Message): Promise<void>;
  /** Stores what became of one target, once: a target that is settled stays as it is. The delivery is forgotten with it. */
  settle(
    message: Pick<Message, "id">,
    target: number,
    settled: Pick<MessageTarget, "status" | "error">,
    facts: readonly TimelineEntry[],
  ): Promise<void>;
}
