import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { ActionError } from "../flow/action-error.ts";
import { before } from "../flow/before.ts";
import { next, stop } from "../flow/outcome.ts";
import { ANSWER_FIRST } from "../flow/remedies.ts";

/** How long a flow waits for the verdict. */
const LIMIT_MS = 10_000;

export default defineAction({
  type: "amd",
  summary: "Finds out whether a human or an answering machine answered.",
  uses: ["call", "clock", "machines", "variables"],
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
  waitsForAnswer: true,
  async run({ option, call, clock, machines, variables, startedAtMs, signal }) {
    if (call.status !== "progressing")
      throw new ActionError("the call has not been answered: nobody is there to judge", { remedy: ANSWER_FIRST });
    const hangUp = option.machine_handle === "hangup";
    await machines.begin(option.async && hangUp);
    if (option.async) return next;
    const verdict = await before(startedAtMs + LIMIT_MS, machines.verdict, clock, signal).catch((error) => {
      variables.set("voipbin.call.amd.status", "HANGUP");
      throw error;
    });
    if (!verdict)
      variables.setAll([
        ["voipbin.call.amd.status", "NOTSURE"],
        ["voipbin.call.amd.cause", "TOOLONG"],
      ]);
    return hangUp && verdict?.status === "MACHINE" ? stop("amd") : next;
  },
});
