import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { mentionedDestinations } from "../flow/mention.ts";
import { next } from "../flow/outcome.ts";
import { addressSchema, NEUTRAL_SOURCE } from "../model/address.ts";

export default defineAction({
  type: "message_send",
  summary: "Sends a text message and goes on at once.",
  uses: ["messages", "timeline"],
  option: z.strictObject({
    source: addressSchema.optional().describe("Who sends, as the other side is to see it; Ringdown when absent."),
    destinations: z
      .array(addressSchema)
      .min(1)
      .max(100)
      .describe(
        "Who gets it: `tel` as SMS, `sip` and `extension` (all its phones) as SIP MESSAGE. Each is tried by itself.",
      ),
    text: z.string().min(1).max(32_768).describe("What to send."),
  }),
  examples: [
    {
      source: { type: "tel", target: "+821100000001" },
      destinations: [{ type: "tel", target: "+821100000002" }],
      text: "We have tried to call you.",
    },
  ],
  mentions: mentionedDestinations,
  run({ option: { source = NEUTRAL_SOURCE, destinations, text }, messages, timeline }) {
    const message_id = messages.add({ source, destinations, text });
    timeline.add("note", { message_id, destinations: destinations.length });
    return next;
  },
});
