import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { maybeResource } from "../flow/option.ts";
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
    .superRefine(({ flow_id, actions }, context) => {
      if (flow_id !== undefined || actions !== undefined) return;
      context.addIssue({ code: "custom", path: ["flow_id"], message: "a flow_id, or a list of actions" });
    }),
  examples: [
    {
      source: { type: "tel", target: "+821100000001" },
      destinations: [{ type: "tel", target: "+821100000002" }],
      actions: [{ type: "talk", option: { text: "hello, this is test message.", language: "en-US" } }],
      chained: false,
    },
  ],
  lists: ({ actions }): Readonly<Record<string, unknown>> => (actions === undefined ? {} : { actions }),
});
