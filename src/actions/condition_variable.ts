import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { compare, conditionOutcome, operator, toNumber } from "../flow/condition.ts";
import { isObject, maybeTarget } from "../flow/option.ts";
import { because } from "../flow/outcome.ts";
import { hasPlaceholder, substituteText } from "../flow/variables.ts";

const option = z
  .strictObject({
    condition: operator.describe("How the variable's value compares: *value* OP *option*."),
    variable: z
      .string()
      .min(1)
      .max(32_768)
      .describe("Name of the variable; or a text with `${…}`, which is compared after variables have been put in."),
    value_type: z
      .enum(["string", "number", "length"])
      .describe("What is compared: the text, the number that it is, or how many characters it has."),
    value_string: z.string().default("").describe("The text to compare with, for `string`."),
    value_number: z.number().optional().describe("The number to compare with, for `number`."),
    value_length: z.int().min(0).optional().describe("The length to compare with, for `length`."),
    false_target_id: maybeTarget.describe("Action to jump to when it does not hold; the next action when absent."),
  })
  .refine(({ value_type, value_number }) => value_type !== "number" || value_number !== undefined, {
    path: ["value_number"],
    error: "a number, since value_type is number",
    when: isObject,
  })
  .refine(({ value_type, value_length }) => value_type !== "length" || value_length !== undefined, {
    path: ["value_length"],
    error: "a whole number, since value_type is length",
    when: isObject,
  });
type Option = z.infer<typeof option>;

export default defineAction({
  type: "condition_variable",
  summary: "Goes on when a variable compares as asked; else jumps.",
  uses: ["variables"],
  option,
  verbatim: ["variable"],
  examples: [
    {
      condition: "==",
      variable: "voipbin.call.source.target",
      value_type: "string",
      value_string: "+821100000001",
      false_target_id: "stranger",
    },
    { condition: ">=", variable: "customer.orders", value_type: "number", value_number: 10 },
  ],
  targets: ({ false_target_id }) => ({ false_target_id }),
  reads: ({ variable }) => (hasPlaceholder(variable) ? [] : [variable]),
  run({ option, variables }) {
    const value = hasPlaceholder(option.variable)
      ? substituteText(option.variable, (name) => variables.get(name))
      : (variables.get(option.variable) ?? "");
    const isTrue = holds(option, value);
    return because(conditionOutcome(isTrue, option.false_target_id), { holds: isTrue, value });
  },
});

function holds({ condition, value_type, value_string, value_number, value_length }: Option, value: string): boolean {
  if (value_type === "number") return compare(toNumber(value), condition, value_number ?? Number.NaN);
  if (value_type === "length") return compare([...value].length, condition, value_length ?? Number.NaN);
  return compare(value, condition, value_string);
}
