import type { TranscribeOrder } from "./transcribing.ts";

/** A recording, and the transcription that it is to have. */
export type PlannedTranscribe = { readonly id: string; readonly recording_id: string };

/** Turns what was recorded of the call of a run into text, in the background, also when the call is over. */
export interface RecordingTranscriber {
  /** One for each recording that there is, complete or not. */
  plan(): Promise<PlannedTranscribe[]>;
  /** Has them done; those that it has begun before stay as they are. */
  begin(planned: readonly PlannedTranscribe[], order: TranscribeOrder): Promise<void>;
}
