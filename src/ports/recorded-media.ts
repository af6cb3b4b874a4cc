import type { Media } from "./media.ts";

/** Recordings as something to be heard. */
export interface RecordedMedia {
  /** Where a recording can be fetched, once it is finished. */
  urlOf(recordingId: string): string;
  /**
   * The recording behind a URL of ours, for its own customer, without asking anybody over HTTP; waits for one that is
   * being finished. Undefined when the URL leads elsewhere.
   * @throws MediaError
   */
  find(url: string, customerId: string, signal: AbortSignal): Promise<Media> | undefined;
}
