import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { formatPath } from "../flow/fault.ts";
import { maybeTarget, orElse, target } from "../flow/option.ts";
import { because, jump, next } from "../flow/outcome.ts";

const DIGITS = "voipbin.call.digits";

export default defineAction({
  type: "branch",
  summary: "Jumps to the action that belongs to a variable's value, as a menu does; reading the digits empties them.",
  uses: ["variables"],
  option: z.strictObject({
    variable: orElse(DIGITS, z.string().max(255)).describe("Name of the variable to read."),
    target_ids: z
      .record(z.string(), target)
      .default({})
      .describe("Action to jump to, by the value that the variable must have exactly."),
    default_target_id: maybeTarget.describe("Action to jump to when no value matches; the next action when absent."),
  }),
  examples: [{ default_target_id: "menu", target_ids: { "1": "sales", "2": "support" } }],
  targets: ({ target_ids, default_target_id }) => ({
    default_target_id,
    ...Object.fromEntries(Object.entries(target_ids).map(([value, id]) => [formatPath(["target_ids", value]), id])),
  }),
  goesOn: ({ default_target_id }) => default_target_id === undefined,
  reads: ({ variable }) => [variable],
  /** Nothing is awaited: the emptied digits and the jump are stored together, or neither is. */
  run({ option, variables }) {
    const value = variables.get(option.variable) ?? "";
    if (option.variable === DIGITS) variables.set(DIGITS, "");
    const chosen = Object.hasOwn(option.target_ids, value) ? option.target_ids[value] : undefined;
    const targetId = chosen ?? option.default_target_id;
    return because(targetId === undefined ? next : jump(targetId), { value });
  },
});
