import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { orElse } from "../flow/option.ts";

export default defineAction({
  type: "recording_start",
  summary: "Records the call, both sides, until it ends or `recording_stop`; the flow goes on at once.",
  uses: ["call", "variables"],
  option: z.strictObject({
    format: orElse("wav", z.enum(["wav", "mp3", "ogg"])).describe("Kind of file."),
    end_of_silence: z.int().min(0).max(86_400).default(0).describe("Ends after so much silence, s; 0 for never."),
    end_of_key: orElse("none", z.enum(["none", "any", "*", "#"])).describe("Key that ends it."),
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
});
