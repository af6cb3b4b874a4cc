import type { Queue } from "../model/queue.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface QueueStore extends ResourceStore<Queue> {
  /** A customer's, oldest first. */
  ofCustomer(customerId: string): Promise<readonly Queue[]>;
  /** Every customer's, oldest first. */
  all(): Promise<readonly Queue[]>;
}
