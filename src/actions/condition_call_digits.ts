import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { conditionOutcome } from "../flow/condition.ts";
import { maybeTarget, telephoneKeys } from "../flow/option.ts";
import { because } from "../flow/outcome.ts";

export default defineAction({
  type: "condition_call_digits",
  summary: "Goes on when enough digits, or a certain one, have been received; else jumps.",
  deprecated: "Use `condition_variable` with `voipbin.call.digits` instead.",
  uses: ["digits"],
  option: z.strictObject({
    length: z
      .int()
      .min(0)
      .max(255)
      .default(0)
      .describe("Holds when at least so many digits are there; 0 asks for none."),
    key: telephoneKeys(255).default("").describe("Holds when the digits contain this; empty asks for none."),
    false_target_id: maybeTarget.describe("Action to jump to when neither holds; the next action when absent."),
  }),
  examples: [{ length: 10, false_target_id: "again" }],
  targets: ({ false_target_id }) => ({ false_target_id }),
  run({ option: { length, key, false_target_id }, digits: { received } }) {
    const enough = length > 0 && received.length >= length;
    const isTrue = enough || (key !== "" && received.includes(key));
    return because(conditionOutcome(isTrue, false_target_id), { holds: isTrue, value: received });
  },
});
