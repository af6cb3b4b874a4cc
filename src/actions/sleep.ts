import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { LONGEST_WAIT_MS } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "sleep",
  summary: "Waits before the next action.",
  uses: ["clock"],
  option: z.strictObject({ duration: z.int().min(0).max(LONGEST_WAIT_MS).describe("How long to wait, ms.") }),
  examples: [{ duration: 10_000 }],
  async run({ option, clock, memo, signal }) {
    const untilMs = await memo("untilMs", () => clock.now() + option.duration);
    await clock.sleepUntil(untilMs, signal);
    return next;
  },
});
