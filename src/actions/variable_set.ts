import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { next } from "../flow/outcome.ts";
import { hasPlaceholder, isSystemVariable } from "../flow/variables.ts";

export default defineAction({
  type: "variable_set",
  summary: "Sets a variable, which later actions read as `${name}`.",
  uses: ["variables"],
  option: z.strictObject({
    key: z
      .string()
      .min(1)
      .max(255)
      .refine((name) => !isSystemVariable(name), "a name that the system does not keep for itself")
      .describe("Name of the variable, such as `customer.language`."),
    value: z.string().max(32_768).describe("Its value; may hold `${name}` of others."),
  }),
  examples: [{ key: "Provider name", value: "voipbin" }],
  sets: ({ key }) => [hasPlaceholder(key) ? "*" : key],
  run({ option, variables }) {
    variables.set(option.key, option.value);
    return next;
  },
});
