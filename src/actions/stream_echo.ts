import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { LONGEST_WAIT_MS } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "stream_echo",
  summary: "Sends the caller's audio stream back; keys are still collected. Answers the call first.",
  uses: ["call", "clock"],
  option: z.strictObject({
    duration: z.int().min(0).max(LONGEST_WAIT_MS).default(180_000).describe("How long, ms."),
  }),
  examples: [{ duration: 10_000 }],
  answers: true,
  waitsForAnswer: true,
  async run({ option, call, clock, memo, signal }) {
    const untilMs = await memo("untilMs", () => clock.now() + option.duration);
    await call.answer();
    await using _echo = await call.echo();
    await clock.sleepUntil(untilMs, signal);
    return next;
  },
});
