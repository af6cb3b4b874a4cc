import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { doubtsOfDestinations } from "../flow/address-doubts.ts";
import { mentionedDestinations } from "../flow/mention.ts";
import { isObject, maybeResource } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";
import { seeList } from "../flow/remedies.ts";
import type { ListVerdict } from "../flow/validate-list.ts";
import { addressSchema } from "../model/address.ts";
import type { Flow } from "../model/flow.ts";
import type { Finder } from "../ports/finder.ts";
import type { IndependentCalls } from "../ports/originator.ts";

export default defineAction({
  type: "call",
  summary: "Starts independent outgoing calls, each with a flow of its own, and goes on at once.",
  uses: ["originator", "flows", "check"],
  option: z
    .strictObject({
      source: addressSchema.optional().describe("Who calls."),
      destinations: z.array(addressSchema).min(1).max(50).describe("Whom to call; each is a call of its own."),
      flow_id: maybeResource.describe("Flow of the new calls."),
      actions: z
        .array(z.record(z.string(), z.unknown()))
        .optional()
        .describe("Actions of the new calls, when no flow is named."),
      chained: z.boolean().default(false).describe("Whether the new calls are hung up when this one is."),
      early_execution: z
        .boolean()
        .default(false)
        .describe(
          "Whether their flow starts at ringing, not at the answer; at an extension or an agent once for each phone that rings. Actions that need an answered call, as `talk` and `play` do, wait for it.",
        ),
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
  mentions: ({ destinations, flow_id }) => ({
    ...mentionedDestinations({ destinations }),
    flow_id: flow_id === undefined ? undefined : { kind: "flow", target: flow_id },
  }),
  doubts: doubtsOfDestinations,
  async run({ option, originator, flows, check }) {
    const { source, destinations, flow_id, chained, early_execution: earlyExecution } = option;
    const plan = flow_id === undefined ? planOf(check(option.actions)) : await planOfFlow(flow_id, flows);
    await originator.place({ source, destinations, chained, earlyExecution, ...plan });
    return next;
  },
});

type Plan = Pick<IndependentCalls, "flowId" | "actions" | "onCompleteFlowId">;

function planOf({ errors, actions }: ListVerdict): Plan {
  if (errors.length > 0) throw new ActionError(`its actions are not valid: ${errors.map(({ message }) => message)}`);
  return { flowId: null, actions, onCompleteFlowId: null };
}

async function planOfFlow(id: string, flows: Finder<Flow>): Promise<Plan> {
  const flow = await flows.find(id);
  if (!flow) throw new ActionError(`there is no flow ${id}`, { remedy: seeList("flows") });
  return { flowId: flow.id, actions: flow.actions, onCompleteFlowId: flow.on_complete_flow_id };
}
