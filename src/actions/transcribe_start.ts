import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { doubtsOfHints } from "../flow/hint-doubts.ts";
import { language, maybe, orElse } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { ANSWER_FIRST } from "../flow/remedies.ts";
import { transcribeDirections, transcribeProviders } from "../model/transcribe.ts";
import { CallStateError } from "../ports/engine-control.ts";

export default defineAction({
  type: "transcribe_start",
  summary: "Turns what is said into text while it is said, until the call ends or `transcribe_stop`.",
  uses: ["transcribing", "variables"],
  option: z.strictObject({
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    provider: maybe(z.enum(transcribeProviders)).describe(
      "Who listens, if configured; the first that is configured when absent. When one can't, the others follow.",
    ),
    direction: orElse("both", z.enum(transcribeDirections)).describe(
      "What is transcribed: the caller (`in`), what the caller hears (`out`), or both, apart from each other.",
    ),
    hints: z
      .array(z.string().min(1).max(100))
      .max(100)
      .default([])
      .describe(
        "What is likely to be said: names, products, sentences. It is understood better then; `aws` takes none.",
      ),
  }),
  doubts: doubtsOfHints,
  examples: [
    { language: "en-US", provider: "gcp", direction: "both" },
    { language: "en", direction: "in", hints: ["Ringdown", "Asterisk"] },
  ],
  sets: () => ["id", "language", "direction", "text"].map((field) => `voipbin.transcribe.${field}`),
  wantsAnswer: true,
  async run({ option, transcribing, variables, memo }) {
    const { language, direction, provider = null, hints } = option;
    const id = await memo("transcribe", transcribing.newId);
    await transcribing.start(id, { language, direction, provider, hints }).catch((error) => {
      if (!(error instanceof CallStateError) || error.state !== "unanswered") throw error;
      throw new ActionError(error.message, { cause: error, remedy: ANSWER_FIRST });
    });
    variables.setAll([
      ["voipbin.transcribe.id", id],
      ["voipbin.transcribe.language", language],
      ["voipbin.transcribe.direction", direction],
    ]);
    return next;
  },
});
