import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { language, maybe, orElse } from "../flow/option.ts";

export default defineAction({
  type: "transcribe_recording",
  summary: "Turns every recording of this call into text, in the background.",
  uses: [],
  option: z.strictObject({
    language: orElse("en-US", language).describe("Language, such as `en-US` or `en`."),
    provider: maybe(z.enum(["gcp", "aws", "local"])).describe("Who listens; the first that is configured when absent."),
    direction: orElse("both", z.enum(["in", "out", "both"])).describe(
      "What is transcribed: the caller (`in`), what the caller hears (`out`), or both, apart from each other.",
    ),
  }),
  examples: [{ language: "en-US", provider: "gcp", direction: "both" }],
});
