import type { EndKey, Recording, RecordingFormat } from "../model/recording.ts";

/** How to record. Times are seconds; 0: no limit. */
export type RecordingOrder = {
  readonly format: RecordingFormat;
  /** 2: the caller left, the others right. */
  readonly channels: number;
  readonly endOfSilence: number;
  readonly endOfKey: EndKey;
  readonly duration: number;
  /** Flow that runs when it has ended. */
  readonly onEndFlowId?: string | null;
};

/**
 * Why nothing is recorded, or a recording can't be changed. `running`: another one is; `unanswered`, `ended`: the call is
 * not up; `empty`: nobody is in the conference; `over`: the recording is; `failed`: the switch could not.
 */
export type RecordingFault = "running" | "unanswered" | "ended" | "empty" | "over" | "failed";

export class RecordingError extends Error {
  override readonly name = "RecordingError";
  readonly fault: RecordingFault;

  constructor(fault: RecordingFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** What a step may record: its call. A recording outlives the step that began it; it ends with the call. */
export interface CallRecorder {
  /**
   * Begins; again after a crash, it finds what this step has begun. Variables of the run tell of it.
   * @throws RecordingError
   */
  start(order: RecordingOrder): Promise<Recording>;
  /** Ends what is recorded now; undefined when nothing is. */
  stop(): Promise<Recording | undefined>;
}
