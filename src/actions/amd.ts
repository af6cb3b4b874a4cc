import { z } from "zod";
import { defineAction } from "../flow/action.ts";

export default defineAction({
  type: "amd",
  summary: "Finds out whether a human or an answering machine answered.",
  uses: ["call", "variables"],
  option: z.strictObject({
    machine_handle: z.enum(["hangup", "continue"]).describe("What to do when it is a machine."),
    async: z
      .boolean()
      .default(false)
      .describe("Whether the flow goes on while listening; else it waits, 10 s at most."),
  }),
  examples: [{ machine_handle: "hangup", async: true }],
  sets: () => ["voipbin.call.amd.status", "voipbin.call.amd.cause"],
  wantsAnswer: true,
});
