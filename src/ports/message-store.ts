import type { Message, TargetNews } from "../model/message.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { ResourceStore } from "./resource-store.ts";

/** Messages of runs come with the change that sends them (ActiveflowChange). All may reject with a StorageError. */
export interface MessageStore extends Pick<ResourceStore<Message>, "get" | "list" | "remove"> {
  /** Stores it together with what is to be delivered: one delivery for each target that is queued. */
  create(message: Message): Promise<void>;
  /** Stores that one target is about to be given to a gateway; gives when that was so first. */
  begin(id: string, target: number, at: string): Promise<string>;
  /**
   * Stores what became of one target, once: what is delivered, or has failed, stays so. The delivery is forgotten with
   * it, and another is stored for when its report is due. Gives the message when that was news.
   */
  settle(
    message: Pick<Message, "id">,
    target: number,
    settled: TargetNews,
    facts: readonly TimelineEntry[],
  ): Promise<Message | undefined>;
}
