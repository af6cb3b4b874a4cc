import type { Recording } from "../../model/recording.ts";
import type { Take } from "../../ports/recorder.ts";

/** A recording as the switch knows it. */
export const takeOf = (recording: Recording): Take => ({
  id: recording.id,
  source: recording.source,
  channels: recording.channels,
  silenceSeconds: recording.end_of_silence,
  durationSeconds: recording.max_duration,
});
