import type { Recording } from "../model/recording.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Page, PageRequest } from "./resource-store.ts";

/** Recordings, each change with the facts that it adds to a timeline, in one transaction. */
export interface RecordingStore {
  create(recording: Recording, facts: readonly TimelineEntry[]): Promise<void>;
  /** Nothing when it was removed meanwhile. */
  save(id: string, changes: Partial<Recording>, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Recording | undefined>;
  list(customerId: string, page: PageRequest): Promise<Page<Recording>>;
  /** Those that were being made when somebody last looked, oldest first. */
  live(): Promise<readonly Recording[]>;
  /** Those with something left to do in the background, oldest first. */
  unfinished(): Promise<readonly Recording[]>;
  /** Those of these calls and confbridges, oldest first. */
  of(...referenceIds: readonly string[]): Promise<readonly Recording[]>;
  /** Some of those that are finished and were created before that time, whoever owns them. */
  createdBefore(time: string, most: number): Promise<readonly Recording[]>;
  remove(id: string): Promise<boolean>;
}
