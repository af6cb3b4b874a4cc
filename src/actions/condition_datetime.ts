import { DateTime, IANAZone } from "luxon";
import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { compareInOrder, conditionOutcome, operator } from "../flow/condition.ts";
import { maybeTarget, orElse } from "../flow/option.ts";
import { because } from "../flow/outcome.ts";

const option = z.strictObject({
  condition: operator.describe(
    "How the current time compares: *now* OP *option*. For `==` and `!=` each field given must agree; for the others " +
      "the fields given form one instant, month first.",
  ),
  minute: z.int().min(-1).max(59).default(-1).describe("Minute; -1 for any."),
  hour: z.int().min(-1).max(23).default(-1).describe("Hour; -1 for any."),
  day: z
    .int()
    .min(-1)
    .max(31)
    .refine((day) => day !== 0, "a day of the month, 1 to 31, or -1 for any")
    .default(-1)
    .describe("Day of the month, from 1; -1 for any."),
  month: z.int().min(0).max(12).default(0).describe("Month, from 1; 0 for any."),
  weekdays: z
    .array(z.int().min(0).max(6))
    .max(7)
    .default([])
    .describe("Days of the week on which the condition can hold at all, Sunday being 0; none for any day."),
  timezone: orElse(
    "UTC",
    z.string().refine(IANAZone.isValidZone, "a time zone of the IANA database, such as Europe/Berlin"),
  ).describe("Time zone of all of these."),
  false_target_id: maybeTarget.describe("Action to jump to when it does not hold; the next action when absent."),
});

export default defineAction({
  type: "condition_datetime",
  summary: "Goes on when the current time compares as asked, as for business hours; else jumps.",
  uses: ["clock"],
  option,
  examples: [
    { condition: ">=", minute: 0, hour: 8, day: -1, month: 0, weekdays: [], false_target_id: "closed" },
    { condition: "<", hour: 17, minute: 30, weekdays: [1, 2, 3, 4, 5], timezone: "Europe/Berlin" },
  ],
  targets: ({ false_target_id }) => ({ false_target_id }),
  run({ option, clock }) {
    const nowMs = clock.now();
    const isTrue = holds(option, nowMs);
    const value = DateTime.fromMillis(nowMs, { zone: option.timezone }).toFormat("ccc yyyy-LL-dd HH:mm ZZ");
    return because(conditionOutcome(isTrue, option.false_target_id), { holds: isTrue, value });
  },
});

function holds({ condition, weekdays, timezone, ...asked }: z.infer<typeof option>, nowMs: number): boolean {
  const now = DateTime.fromMillis(nowMs, { zone: timezone });
  // Sunday is 7 to the calendar, 0 to us.
  if (weekdays.length > 0 && !weekdays.includes(now.weekday % 7)) return false;
  const given = [
    { now: now.month, asked: asked.month, isGiven: asked.month > 0 },
    { now: now.day, asked: asked.day, isGiven: asked.day > 0 },
    { now: now.hour, asked: asked.hour, isGiven: asked.hour >= 0 },
    { now: now.minute, asked: asked.minute, isGiven: asked.minute >= 0 },
  ].filter(({ isGiven }) => isGiven);
  return compareInOrder(
    given.map((field) => field.now),
    condition,
    given.map((field) => field.asked),
  );
}
