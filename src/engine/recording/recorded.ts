import type { Recording, RecordingSource } from "../../model/recording.ts";

/** What is recorded, whatever it is. */
export interface Recorded {
  readonly referenceType: Recording["reference_type"];
  readonly referenceId: string;
  readonly customerId: string;
  /** The run whose variables tell of the recording, and whose timeline does. */
  readonly activeflowId: string | null;
  readonly callId: string | null;
  readonly source: RecordingSource;
  /** Aborts when there is nothing left to record. */
  readonly signal: AbortSignal;
  readonly state: "unanswered" | "up" | "ended";
  /** Hears which recording is running now; null: none. */
  tell(recordingId: string | null): void;
}
