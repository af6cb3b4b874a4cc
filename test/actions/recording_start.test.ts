import recordingStart from "../../src/actions/recording_start.ts";
import { testOption } from "../support/option.ts";

testOption(recordingStart, {
  accepted: [
    [{}, { format: "wav", end_of_silence: 0, end_of_key: "none", duration: 0, beep_start: false, channels: 1 }],
    [{ format: "mp3", end_of_silence: 5, end_of_key: "#", duration: 60, beep_start: true, channels: 2 }],
    [{ format: "ogg", end_of_key: "any" }],
  ],
  refused: [
    { format: "flac" },
    { end_of_silence: -1 },
    { end_of_key: "1" },
    { duration: -1 },
    { duration: 1.5 },
    { beep_start: 1 },
    { channels: 3 },
  ],
});
