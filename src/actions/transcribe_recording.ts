import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { doubtsOfHints } from "../flow/hint-doubts.ts";
import { language, maybe, orElse } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { transcribeDirections, transcribeProviders } from "../model/transcribe.ts";

export default defineAction({
  type: "transcribe_recording",
  summary:
    "Turns every recording of this call into text, in the background: each when it is complete, also after the call has ended; in a flow that follows a recording, that one.",
  uses: ["recordingTranscriber"],
  option: z.strictObject({
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    provider: maybe(z.enum(transcribeProviders)).describe(
      "Who listens, if configured; the first that is configured when absent. When one can't, the others follow.",
    ),
    direction: orElse("both", z.enum(transcribeDirections)).describe(
      "What is transcribed of a recording with two channels: the caller (`in`), what the caller hears (`out`), or both, apart from each other. One with a single channel is transcribed as a whole.",
    ),
    hints: z
      .array(z.string().min(1).max(100))
      .max(100)
      .default([])
      .describe("What is likely to be said: names, products, sentences; `aws` takes none."),
  }),
  doubts: doubtsOfHints,
  examples: [{ language: "en-US", provider: "gcp", direction: "both" }],
  async run({ option, recordingTranscriber, memo }) {
    const { language, direction, provider = null, hints } = option;
    const planned = await memo("transcribes", recordingTranscriber.plan);
    if (planned.length === 0) throw new ActionError("the call has no recording: recording_start makes one");
    await recordingTranscriber.begin(planned, { language, direction, provider, hints });
    return next;
  },
});
