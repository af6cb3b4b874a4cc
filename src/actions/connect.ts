import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { doubtsOfDestinations } from "../flow/address-doubts.ts";
import { brokenConnection, connectVariableNames, connectVariables } from "../flow/connect-variables.ts";
import { mentionedDestinations } from "../flow/mention.ts";
import { because, next, stop } from "../flow/outcome.ts";
import { addressSchema } from "../model/address.ts";

export default defineAction({
  type: "connect",
  summary: "Rings destinations all at once and connects the first that answers with this call.",
  uses: ["call", "connector", "variables"],
  option: z.strictObject({
    source: addressSchema.optional().describe("Who calls; the caller of this call when absent."),
    destinations: z.array(addressSchema).min(1).max(50).describe("Whom to ring."),
    early_media: z.boolean().default(false).describe("Whether the caller hears what comes before the answer."),
    relay_reason: z
      .boolean()
      .default(false)
      .describe("Whether this call is hung up for the same reason when nobody answers; else the flow goes on."),
    collect_digits: z
      .boolean()
      .default(true)
      .describe(
        "Whether keys pressed in the talk are collected, too. If not, they go straight to the other phone, end no recording and are on no timeline; the talk then costs Asterisk about half.",
      ),
    timeout: z
      .int()
      .min(1000)
      .max(600_000)
      .default(60_000)
      .describe(
        "How long to ring, ms; so long at each of the phones of a `linear` agent, which ring one after the other.",
      ),
  }),
  examples: [
    {
      source: { type: "tel", target: "+11111111111111" },
      destinations: [{ type: "tel", target: "+222222222222222" }],
    },
  ],
  sets: () => connectVariableNames,
  brokenOff: brokenConnection,
  mentions: mentionedDestinations,
  doubts: doubtsOfDestinations,
  waitsForAnswer: true,
  async run({ option, connector, variables }) {
    const { source, destinations, early_media: earlyMedia, collect_digits: collectsDigits, timeout: ringMs } = option;
    const end = await connector.connect({ source, destinations, earlyMedia, collectsDigits, ringMs });
    variables.setAll(connectVariables(end));
    const isRelayed = end.kind === "unanswered" && option.relay_reason;
    const { kind: result, reason, cause } = end;
    return because(isRelayed ? stop(reason, cause) : next, { result, reason, cause });
  },
});
