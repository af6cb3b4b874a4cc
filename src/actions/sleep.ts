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
  async run({ option, startedAtMs, clock, signal }) {
    await clock.sleepUntil(startedAtMs + option.duration, signal);
    return next;
  },
});
