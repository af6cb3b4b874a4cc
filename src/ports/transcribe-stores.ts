import type { TimelineEntry } from "../model/timeline.ts";
import type { Transcribe, Transcript } from "../model/transcribe.ts";
import type { Filter, Page, PageRequest } from "./resource-store.ts";

/** Transcriptions. Every method may reject with a StorageError. */
export interface TranscribeStore {
  create(transcribe: Transcribe, facts: readonly TimelineEntry[]): Promise<void>;
  /** Nothing when it has been removed. */
  save(id: string, changes: Partial<Transcribe>, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Transcribe | undefined>;
  list(customerId: string, page: PageRequest, filter?: Filter<Transcribe>): Promise<Page<Transcribe>>;
  /** Those of these calls, recordings and confbridges, oldest first. */
  of(...referenceIds: readonly string[]): Promise<readonly Transcribe[]>;
  /** Those that are not over, oldest first. */
  live(): Promise<readonly Transcribe[]>;
  /** Removes one, with what was understood; whether there was one. */
  remove(id: string, customerId?: string): Promise<boolean>;
}

/** What was understood. Every method may reject with a StorageError. */
export interface TranscriptStore {
  create(transcript: Transcript, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<Transcript | undefined>;
  list(customerId: string, page: PageRequest, filter?: Filter<Transcript>): Promise<Page<Transcript>>;
  remove(id: string, customerId?: string): Promise<boolean>;
}
