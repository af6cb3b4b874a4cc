import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { language, maybe, orElse } from "../flow/option.ts";

export default defineAction({
  type: "transcribe_start",
  summary: "Turns what is said into text while it is said, until the call ends or `transcribe_stop`.",
  uses: ["call", "variables"],
  option: z.strictObject({
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    provider: maybe(z.enum(["gcp", "aws", "local"])).describe("Who listens; the first that is configured when absent."),
    direction: orElse("both", z.enum(["in", "out", "both"])).describe(
      "What is transcribed: the caller (`in`), what the caller hears (`out`), or both, apart from each other.",
    ),
  }),
  examples: [{ language: "en-US", provider: "gcp", direction: "both" }],
  sets: () => ["id", "language", "direction", "text"].map((field) => `voipbin.transcribe.${field}`),
  wantsAnswer: true,
});
