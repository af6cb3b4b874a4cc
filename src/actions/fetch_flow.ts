import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";

export default defineAction({
  type: "fetch_flow",
  summary: "Runs the actions of another flow, then goes on.",
  uses: [],
  option: z.strictObject({ flow_id: resource.describe("The flow.") }),
  examples: [{ flow_id: "212a32a8-9529-11ec-8bf0-8b89df407b6e" }],
  sets: () => ["*"],
});
