import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { addressSchema } from "../model/address.ts";

export default defineAction({
  type: "message_send",
  summary: "Sends a text message and goes on at once.",
  uses: [],
  option: z.strictObject({
    source: addressSchema.optional().describe("Who sends."),
    destinations: z.array(addressSchema).min(1).max(100).describe("Who gets it."),
    text: z.string().min(1).max(32_768).describe("What to send."),
  }),
  examples: [
    {
      source: { type: "tel", target: "+821100000001" },
      destinations: [{ type: "tel", target: "+821100000002" }],
      text: "We have tried to call you.",
    },
  ],
});
