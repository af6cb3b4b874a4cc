import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { telephoneKeys } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

export default defineAction({
  type: "digits_send",
  summary: "Sends telephone keys to the other side and waits until the last is out.",
  uses: ["call"],
  option: z.strictObject({
    digits: telephoneKeys(100).min(1).describe("What to send."),
    duration: z.int().min(100).max(1000).default(100).describe("How long each tone lasts, ms."),
    interval: z.int().min(0).max(5000).default(100).describe("Silence between tones, ms."),
  }),
  examples: [{ digits: "1234567890", duration: 500, interval: 500 }],
  wantsAnswer: true,
  waitsForAnswer: true,
  async run({ option, call }) {
    const { digits, duration: durationMs, interval: intervalMs } = option;
    await call.sendDigits({ digits, durationMs, intervalMs });
    return next;
  },
});
