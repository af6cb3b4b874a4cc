import type { Tag } from "../model/tag.ts";
import type { ResourceStore } from "./resource-store.ts";

/** Names are unique among the tags of one customer. */
export interface TagStore extends ResourceStore<Tag> {
  /** A customer's, oldest first. */
  ofCustomer(customerId: string): Promise<readonly Tag[]>;
}
