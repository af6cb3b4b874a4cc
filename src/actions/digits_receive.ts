import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { before } from "../flow/before.ts";
import { LONGEST_WAIT_MS, telephoneKeys } from "../flow/option.ts";
import { next } from "../flow/outcome.ts";

const waitMs = z.int().min(0).max(LONGEST_WAIT_MS);
const option = z
  .strictObject({
    duration: waitMs.default(5000).describe("How long to wait in all, ms."),
    length: z
      .int()
      .min(0)
      .max(255)
      .optional()
      .describe("How many digits are enough; 0 for no limit. When neither this nor `key` is given, 1."),
    key: telephoneKeys(16).default("").describe("Keys each of which ends the input. The key stays in the digits."),
    first_timeout: waitMs.min(1).optional().describe("How long to wait for the first digit, ms."),
    inter_digit_timeout: waitMs.min(1).optional().describe("How long to wait for each further digit, ms."),
    flush: z.boolean().default(false).describe("Forgets the digits that were pressed before."),
  })
  .transform(({ length, ...rest }) => ({ ...rest, length: length ?? (rest.key === "" ? 1 : 0) }));
type Option = z.infer<typeof option>;

export default defineAction({
  type: "digits_receive",
  summary: "Waits for keys of the caller's telephone; keys pressed before count.",
  uses: ["clock", "digits"],
  option,
  examples: [
    { duration: 10_000, length: 3, key: "#" },
    { duration: 10_000, first_timeout: 5000, key: "#" },
  ],
  sets: () => ["voipbin.call.digits"],
  wantsAnswer: true,
  waitsForAnswer: true,
  async run({ option, startedAtMs, clock, digits, memo, signal }) {
    // Emptying the buffer is stored with the memo, so it happens once.
    if (option.flush) {
      await memo("flushed", () => {
        digits.clear();
        return true;
      });
    }
    for (let count = digits.received.length; !isComplete(option, digits.received); count = digits.received.length) {
      const isBetween = count > 0 && option.inter_digit_timeout !== undefined;
      const lastAtMs = isBetween ? await memo(`digit${count}AtMs`, () => clock.now()) : startedAtMs;
      const untilMs = Math.min(startedAtMs + option.duration, lastAtMs + patienceMs(option, count));
      // The memo was awaited: a digit may have come meanwhile.
      if (digits.received.length > count) continue;
      if ((await before(untilMs, digits.next, clock, signal)) === undefined) break;
    }
    return next;
  },
});

function isComplete({ length, key }: Option, received: string): boolean {
  if (length > 0 && received.length >= length) return true;
  return [...received].some((digit) => key.includes(digit));
}

function patienceMs({ first_timeout, inter_digit_timeout }: Option, count: number): number {
  return (count === 0 ? first_timeout : inter_digit_timeout) ?? Number.POSITIVE_INFINITY;
}
