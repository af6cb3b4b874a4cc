import type { Readable } from "node:stream";

/** `full` and `unavailable` may pass; `missing`: there is no such file; `refused`: we may not, or the settings are wrong. */
export type RecordingStorageFault = "full" | "unavailable" | "missing" | "refused";

/** The place where recordings are kept could not do what was asked. */
export class RecordingStorageError extends Error {
  override readonly name = "RecordingStorageError";
  readonly fault: RecordingStorageFault;
  /** What can be done about it. */
  readonly remedy: string;

  constructor(fault: RecordingStorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.remedy = REMEDIES[fault];
  }
}

const REMEDIES: Readonly<Record<RecordingStorageFault, string>> = {
  full: "make room where recordings are kept",
  unavailable: "look whether the storage of recordings runs, and can be reached from here",
  missing: "look whether RINGDOWN_RECORDINGS_URL, or RINGDOWN_DATA_DIR, is right",
  refused:
    "look whether RINGDOWN_RECORDINGS_URL is right and Ringdown may read and write there: " +
    "for a bucket AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for a folder its owner and mode",
};

/** Bytes of a file, from the first to the last, both counted from 0 and both included. */
export type ByteRange = { readonly first: number; readonly last: number };

/** Where the bytes of recordings are kept, by keys of ours. All reject with a RecordingStorageError or the signal's reason. */
export interface RecordingStorage {
  /** Keeps what is in the file at this path: when it resolves, a crash of whatever kind loses nothing. Again, it replaces. */
  put(key: string, path: string, signal: AbortSignal): Promise<void>;
  /** The bytes, all or some; reading them may fail with the same errors. @throws RecordingStorageError `missing` */
  open(key: string, how?: { readonly range?: ByteRange; readonly signal?: AbortSignal }): Promise<Readable>;
  /** Nothing when there is none. */
  remove(key: string): Promise<void>;
}
