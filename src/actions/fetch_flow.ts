import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { resource } from "../flow/option.ts";
import { fork } from "../flow/outcome.ts";
import { seeList } from "../flow/remedies.ts";

export default defineAction({
  type: "fetch_flow",
  summary: "Runs the actions of another flow, then goes on.",
  uses: ["flows"],
  option: z.strictObject({ flow_id: resource.describe("The flow.") }),
  examples: [{ flow_id: "212a32a8-9529-11ec-8bf0-8b89df407b6e" }],
  mentions: ({ flow_id }) => ({ flow_id: { kind: "flow", target: flow_id } }),
  sets: () => ["*"],
  async run({ option, flows }) {
    const flow = await flows.find(option.flow_id);
    if (!flow) throw new ActionError(`there is no flow ${option.flow_id}`, { remedy: seeList("flows") });
    return fork(flow.actions);
  },
});
