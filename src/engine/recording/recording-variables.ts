import type { Recording } from "../../model/recording.ts";

const name = (field: string) => `voipbin.recording.${field}`;

/** Names the recording that the variables of a run tell of. */
export const RECORDING_ID = name("id");

/** What a run is told of a recording; how long it is, ms, only when it is over. */
export function recordingVariables(recording: Recording, url: string): readonly (readonly [string, string])[] {
  return [
    [RECORDING_ID, recording.id],
    [name("reference_type"), recording.reference_type],
    [name("reference_id"), recording.reference_id],
    [name("format"), recording.format],
    [name("recording_name"), recording.recording_name],
    [name("filenames"), recording.filenames.join(",")],
    [name("duration"), recording.duration_ms === null ? "" : String(recording.duration_ms)],
    [name("url"), url],
  ];
}
