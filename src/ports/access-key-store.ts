import type { AccessKey } from "../model/access-key.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface AccessKeyStore extends ResourceStore<AccessKey> {
  /** The key with this hash, whoever owns it. */
  byHash(hash: string): Promise<AccessKey | undefined>;
  /** Removes a customer's key, but never the last one; whether it was removed. */
  removeUnlessLast(id: string, customerId: string): Promise<boolean>;
}
