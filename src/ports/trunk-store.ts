import type { Trunk } from "../model/trunk.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface TrunkStore extends ResourceStore<Trunk> {
  /** A customer's, oldest first. */
  ofCustomer(customerId: string): Promise<readonly Trunk[]>;
  /** Every customer's, oldest first. */
  all(): Promise<readonly Trunk[]>;
}
