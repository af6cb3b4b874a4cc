import type { Groupcall } from "../model/groupcall.ts";
import type { Page, PageRequest } from "./resource-store.ts";

/** Groups of calls. Every method may reject with a StorageError. */
export interface GroupcallStore {
  create(groupcall: Groupcall): Promise<void>;
  save(id: string, changes: Partial<Groupcall>): Promise<void>;
  get(id: string, customerId?: string): Promise<Groupcall | undefined>;
  /** Those whose status is not `hangup`, oldest first. */
  live(): Promise<readonly Groupcall[]>;
  /** Removes a group that is over; whether there was one. Its calls stay. */
  remove(id: string, customerId?: string): Promise<boolean>;
  list(customerId: string, page: PageRequest): Promise<Page<Groupcall>>;
}
