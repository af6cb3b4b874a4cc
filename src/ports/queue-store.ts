import type { Queue } from "../model/queue.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface QueueStore extends ResourceStore<Queue> {
  /** Every customer's, oldest first. */
  all(): Promise<readonly Queue[]>;
}
