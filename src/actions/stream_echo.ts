import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { LONGEST_WAIT_MS } from "../flow/option.ts";

export default defineAction({
  type: "stream_echo",
  summary: "Sends the caller's audio stream back; keys are still collected.",
  uses: ["call", "clock"],
  option: z.strictObject({
    duration: z.int().min(0).max(LONGEST_WAIT_MS).default(180_000).describe("How long, ms."),
  }),
  examples: [{ duration: 10_000 }],
  wantsAnswer: true,
});
