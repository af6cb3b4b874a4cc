import type { Extension } from "../model/extension.ts";
import type { ResourceStore } from "./resource-store.ts";

/** Extensions are unique among all customers, because a SIP user name tells no customer. */
export interface ExtensionStore extends ResourceStore<Extension> {
  /** The extension of this number or name, whoever owns it. */
  byName(name: string): Promise<Extension | undefined>;
  /** A customer's, oldest first. */
  ofCustomer(customerId: string): Promise<readonly Extension[]>;
  /** Every customer's, oldest first. */
  all(): Promise<readonly Extension[]>;
}
