import type { AccessKey } from "../model/access-key.ts";
import type { ResourceStore } from "./resource-store.ts";

export interface AccessKeyStore extends ResourceStore<AccessKey> {
  /** The key with this hash, whoever owns it. */
  byHash(hash: string): Promise<AccessKey | undefined>;
}
