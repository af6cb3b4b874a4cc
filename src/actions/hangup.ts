import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { orElse } from "../flow/option.ts";
import { stop } from "../flow/outcome.ts";
import { hangupReasons } from "../model/hangup.ts";

export default defineAction({
  type: "hangup",
  summary: "Hangs up the call, or rejects it when it has not been answered; the flow ends.",
  uses: ["call"],
  option: z.strictObject({
    reason: orElse("normal", z.enum(hangupReasons)).describe("Why: recorded, and told to the caller as SIP knows it."),
  }),
  examples: [{}, { reason: "busy" }],
  goesOn: () => false,
  run: ({ option }) => stop(option.reason),
});
