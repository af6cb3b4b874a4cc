import type { Confbridge } from "../model/confbridge.ts";
import type { Conference } from "../model/conference.ts";
import type { Conferencecall } from "../model/conferencecall.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Filter, Page, PageRequest, ResourceStore } from "./resource-store.ts";

export interface ConfbridgeStore extends ResourceStore<Confbridge> {
  /** Changes one that may have been removed meanwhile: then nothing. */
  save(id: string, changes: Partial<Confbridge>): Promise<void>;
  /** Those that are about to end, of every customer. */
  ending(): Promise<readonly Confbridge[]>;
}

/** A conference and the confbridge that it owns come and go together. */
export interface ConferenceStore extends Omit<ResourceStore<Conference>, "create"> {
  create(conference: Conference, confbridge: Confbridge): Promise<void>;
  /** Changes one that may have been removed meanwhile: then nothing. */
  save(id: string, changes: Partial<Conference>): Promise<void>;
  /** Those that have not ended, of every customer. */
  live(): Promise<readonly Conference[]>;
}

/** Who is and was where, each change with the facts that it adds to the timeline, in one transaction. */
export interface ConferencecallStore {
  create(conferencecall: Conferencecall, facts: readonly TimelineEntry[]): Promise<void>;
  save(id: string, changes: Partial<Conferencecall>, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Conferencecall | undefined>;
  list(customerId: string, page: PageRequest, filter?: Filter<Conferencecall>): Promise<Page<Conferencecall>>;
  /** Those that have not come out, of every customer, oldest first. */
  present(): Promise<readonly Conferencecall[]>;
}
