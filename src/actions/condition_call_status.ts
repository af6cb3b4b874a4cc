import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { conditionOutcome } from "../flow/condition.ts";
import { maybeTarget } from "../flow/option.ts";
import { because } from "../flow/outcome.ts";
import { callStatuses } from "../model/call.ts";

export default defineAction({
  type: "condition_call_status",
  summary: "Goes on when the call has a certain status; else jumps.",
  deprecated: "Use `condition_variable` with `voipbin.call.status` instead.",
  uses: ["call"],
  option: z.strictObject({
    status: z.enum(callStatuses).describe("Status that the call must have."),
    false_target_id: maybeTarget.describe("Action to jump to when it has another; the next action when absent."),
  }),
  examples: [{ status: "progressing", false_target_id: "unanswered" }],
  targets: ({ false_target_id }) => ({ false_target_id }),
  run({ option, call }) {
    const isTrue = call.status === option.status;
    return because(conditionOutcome(isTrue, option.false_target_id), { holds: isTrue, value: call.status });
  },
});
