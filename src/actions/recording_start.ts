import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { orElse } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { ANSWER_FIRST } from "../flow/remedies.ts";
import { endKeys, recordingFormats } from "../model/recording.ts";
import { RecordingError } from "../ports/call-recorder.ts";

export default defineAction({
  type: "recording_start",
  summary: "Records the call, both sides, until it ends or `recording_stop`; the flow goes on at once.",
  uses: ["call", "recorder", "timeline"],
  option: z.strictObject({
    format: orElse("wav", z.enum(recordingFormats)).describe("Kind of file."),
    end_of_silence: z.int().min(0).max(86_400).default(0).describe("Ends after so much silence, s; 0 for never."),
    end_of_key: orElse("none", z.enum(endKeys)).describe("Key that ends it."),
    duration: z.int().min(0).max(86_400).default(0).describe("Ends after so long, s; 0 for no limit."),
    beep_start: z.boolean().default(false).describe("Whether a beep tells that it begins."),
    channels: z.int().min(1).max(2).default(1).describe("1: all mixed; 2: the caller left, the others right."),
  }),
  examples: [{ format: "wav" }],
  sets: () => [
    ...["id", "reference_type", "reference_id", "format", "recording_name", "filenames", "duration", "url"].map(
      (field) => `voipbin.recording.${field}`,
    ),
  ],
  wantsAnswer: true,
  async run({ option, call, recorder, timeline }) {
    const { format, channels, end_of_silence: endOfSilence, end_of_key: endOfKey, duration, beep_start } = option;
    try {
      await recorder.start({ format, channels, endOfSilence, endOfKey, duration });
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      const remedy = error.fault === "unanswered" ? ANSWER_FIRST : undefined;
      if (error.fault !== "running") throw new ActionError(error.message, { cause: error, remedy });
      timeline.add("note", { message: "the call is being recorded already: there is no second recording" });
      return next;
    }
    // The recording has begun, so nothing that is said after the beep is missing.
    if (beep_start) await call.play([{ kind: "builtin", uri: "sound:beep" }]);
    return next;
  },
});
