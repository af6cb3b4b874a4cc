import type { RecordingFormat } from "../model/recording.ts";
import type { TrackFile } from "./recorder.ts";

export type EncodedRecording = { readonly path: string; readonly durationMs: number; readonly size: number };

/** Makes the file that a customer gets of what the switch has recorded. */
export interface RecordingEncoder {
  /** Two channels, where there are two tracks of a call. Writes into the folder only. */
  encode(
    tracks: readonly TrackFile[],
    wanted: { readonly format: RecordingFormat; readonly channels: number },
    folder: string,
    signal: AbortSignal,
  ): Promise<EncodedRecording>;
}
