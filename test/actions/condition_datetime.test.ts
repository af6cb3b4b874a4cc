import { expect, test } from "vitest";
import condition from "../../src/actions/condition_datetime.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

/** A Thursday. */
const NOW = "2026-03-05T09:10:00Z";
const run = (option: Record<string, unknown>, now = NOW) =>
  createStep(condition, { ...option, false_target_id: "no" }, { startMs: Date.parse(now) }).run();

test.each([
  [{ condition: ">=", hour: 8, minute: 30 }, true],
  [{ condition: ">=", hour: 9, minute: 10 }, true],
  [{ condition: ">", hour: 9, minute: 10 }, false],
  [{ condition: "<", hour: 17, minute: 0 }, true],
  [{ condition: "<=", hour: 9 }, true],
  [{ condition: "<", hour: 9 }, false],
  [{ condition: ">=", month: 3, day: 6, hour: 0, minute: 0 }, false],
  [{ condition: ">", month: 2, day: 28, hour: 23, minute: 59 }, true],
  [{ condition: ">=", minute: 11 }, false],
  [{ condition: ">", day: 4 }, true],
])("instant: %j", async (option, holds) => {
  expect(await run(option)).toMatchObject(holds ? next : jump("no"));
});

test.each([
  [{ condition: "==", hour: 9, minute: 10, day: 5, month: 3 }, true],
  [{ condition: "==", hour: 9, minute: -1, day: -1, month: 0 }, true],
  [{ condition: "==", hour: 9, minute: 11 }, false],
  [{ condition: "!=", hour: 9, minute: 11 }, true],
  [{ condition: "!=", hour: 9, minute: 10 }, false],
  [{ condition: "==" }, true],
  [{ condition: "!=" }, false],
])("field by field: %j", async (option, holds) => {
  expect(await run(option)).toMatchObject(holds ? next : jump("no"));
});

test.each([
  [[4], true],
  [[0, 6], false],
  [[], true],
])("on the weekdays %j", async (weekdays, holds) => {
  expect(await run({ condition: ">=", hour: 8, weekdays })).toMatchObject(holds ? next : jump("no"));
});

test("Sunday is 0", async () => {
  expect(await run({ condition: "==", weekdays: [0] }, "2026-03-08T12:00:00Z")).toMatchObject(next);
});

test.each([
  ["UTC", 9],
  ["", 9],
  ["Asia/Seoul", 18],
  ["America/New_York", 4],
])("in the time zone %j it is %i o'clock", async (timezone, hour) => {
  expect(await run({ condition: "==", hour, timezone })).toMatchObject(next);
});

test("summer time counts", async () => {
  const option = { condition: "==", hour: 11, timezone: "Europe/Berlin" };
  expect(await run(option, "2026-07-01T09:10:00Z")).toMatchObject(next);
});

test("without a target it goes on either way", async () => {
  expect(await createStep(condition, { condition: "<", hour: 0 }).run()).toMatchObject(next);
});

test.each([
  [{ condition: "=" }],
  [{}],
  [{ condition: "==", minute: 60 }],
  [{ condition: "==", hour: 24 }],
  [{ condition: "==", hour: -2 }],
  [{ condition: "==", day: 0 }],
  [{ condition: "==", day: 32 }],
  [{ condition: "==", month: 13 }],
  [{ condition: "==", month: -1 }],
  [{ condition: "==", weekdays: [7] }],
  [{ condition: "==", weekdays: 1 }],
  [{ condition: "==", timezone: "Mars/Olympus" }],
])("refuses %j", async (option) => {
  await expect(run(option)).rejects.toThrow("option");
});
