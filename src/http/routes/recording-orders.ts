import { z } from "zod";
import { optionalFlowIdSchema } from "../../model/flow.ts";
import { endKeys, recordingFormats } from "../../model/recording.ts";

const seconds = z.int().min(0).max(86_400).default(0);

/** How a conference is recorded: nobody's keys count, and all are in one channel. */
export const recordingOfAll = z.strictObject({
  format: z.enum(recordingFormats).default("wav"),
  end_of_silence: seconds.describe("Ends after so much silence, s; 0 for never."),
  duration: seconds.describe("Ends after so long, s; 0 for no limit."),
  on_end_flow_id: optionalFlowIdSchema.describe(
    "Flow that runs, without a call, when it has ended and its file is kept.",
  ),
});

/** How a call is recorded. */
export const recordingOfCall = recordingOfAll.extend({
  end_of_key: z.enum(endKeys).default("none").describe("Key of the caller that ends it."),
  beep_start: z.boolean().default(false).describe("Whether the caller hears by a beep that it begins."),
  channels: z.int().min(1).max(2).default(1).describe("1: all mixed; 2: the caller left, the others right."),
});
