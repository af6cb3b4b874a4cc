import type { Call } from "../model/call.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Filter, Page, PageRequest } from "./resource-store.ts";

/** Calls, each change with the facts that it adds to the timeline, in one transaction. */
export interface CallStore {
  create(call: Call, facts: readonly TimelineEntry[]): Promise<void>;
  /**
   * Stores the call as it is now; its channel, run and flow stay those that it was created with. May wait a moment, for
   * what is stored next, because nobody waits for it.
   */
  save(call: Call, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Call | undefined>;
  /** Calls whose status is not `hangup`. */
  live(): Promise<readonly Call[]>;
  /** Removes a call that is over, and its timeline; whether there was one. */
  remove(id: string, customerId?: string): Promise<boolean>;
  list(customerId: string, page: PageRequest, filter?: Filter<Call>): Promise<Page<Call>>;
}
