import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { isObject, maybeResource } from "../flow/option.ts";
import { addressSchema } from "../model/address.ts";

export default defineAction({
  type: "call",
  summary: "Starts independent outgoing calls, each with a flow of its own, and goes on at once.",
  uses: [],
  option: z
    .strictObject({
      source: addressSchema.optional().describe("Who calls."),
      destinations: z.array(addressSchema).min(1).max(100).describe("Whom to call; each is a call of its own."),
      flow_id: maybeResource.describe("Flow of the new calls."),
      actions: z
        .array(z.record(z.string(), z.unknown()))
        .optional()
        .describe("Actions of the new calls, when no flow is named."),
      chained: z.boolean().default(false).describe("Whether the new calls are hung up when this one is."),
      early_execution: z.boolean().default(false).describe("Whether their flow starts at ringing, not at the answer."),
    })
    .refine(({ flow_id, actions }) => flow_id !== undefined || actions !== undefined, {
      path: ["flow_id"],
      error: "a flow_id, or a list of actions",
      when: isObject,
    }),
  examples: [
    {
      source: { type: "tel", target: "+821100000001" },
      destinations: [{ type: "tel", target: "+821100000002" }],
      actions: [{ type: "talk", option: { text: "hello, this is test message.", language: "en-US" } }],
      chained: false,
    },
  ],
  lists: ["actions"],
});
