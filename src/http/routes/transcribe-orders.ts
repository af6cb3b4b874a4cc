import { z } from "zod";
import { language } from "../../flow/option.ts";
import { optionalFlowIdSchema } from "../../model/flow.ts";
import { transcribeProviders } from "../../model/transcribe.ts";

/** How something is transcribed, whatever it is. */
export const transcribeOrder = z.strictObject({
  language: language.default("en-US"),
  provider: z.enum(transcribeProviders).optional().describe("The first that is configured if absent."),
  hints: z
    .array(z.string().min(1).max(100))
    .max(100)
    .default([])
    .describe("What is likely to be said; `aws` takes none."),
  on_end_flow_id: optionalFlowIdSchema.describe("Flow that runs, without a call, when it is over."),
});
