import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { target } from "../flow/option.ts";
import { jump, next } from "../flow/outcome.ts";

export default defineAction({
  type: "goto",
  summary: "Jumps to another action, a limited number of times.",
  uses: [],
  option: z.strictObject({
    target_id: target.describe("Action to jump to."),
    loop_count: z
      .int()
      .default(0)
      .describe("How often it jumps in one run of the flow; then, and when 0 or less, it goes on to the next action."),
  }),
  examples: [{ target_id: "menu", loop_count: 2 }],
  targets: ({ target_id }) => ({ target_id }),
  doubts: ({ loop_count }): Readonly<Record<string, string>> =>
    loop_count > 0 ? {} : { loop_count: "it never jumps: give the number of times in loop_count" },
  run: ({ option }) => (option.loop_count > 0 ? jump(option.target_id, option.loop_count) : next),
});
