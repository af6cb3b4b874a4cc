import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, judge, marksOf, prompt, set } from "./support.ts";

const lab = await startLab();

type Rule = readonly [option: Readonly<Record<string, unknown>>, holds: boolean];

const condition = ([option]: Rule) => ({ type: "condition_datetime", option });

/**
 * A zone of whole hours where it is past noon now: neither a day nor a month ends there while the test runs, and five
 * minutes before and after are of the same day.
 */
const nowAtNoon = (): { readonly timezone: string; readonly now: DateTime } => {
  const hoursToNoon = 12 - DateTime.utc().hour;
  // The names count westward.
  const timezone = hoursToNoon === 0 ? "Etc/GMT" : `Etc/GMT${hoursToNoon > 0 ? "-" : "+"}${Math.abs(hoursToNoon)}`;
  return { timezone, now: DateTime.now().setZone(timezone) };
};

/** The fields that a condition has for a time. */
const fieldsOf = ({ month, day, hour, minute }: DateTime) => ({ month, day, hour, minute });

const judged = async (rules: readonly Rule[]): Promise<void> => {
  const call = await lab.call([...judge(rules.map(condition)), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  const told = rules.map(([option], index) => ({ option, found: variables.marks?.[index] }));
  expect(told).toEqual(rules.map(([option, holds]) => ({ option, found: marksOf([holds]) })));
  expect(facts("action_failed")).toEqual([]);
};

test("condition_datetime compares the given fields as one instant", async () => {
  const { timezone, now } = nowAtNoon();
  const [before, after] = [now.minus({ minutes: 5 }), now.plus({ minutes: 5 })];
  const time = ({ hour, minute }: DateTime) => ({ timezone, hour, minute });
  await judged([
    [{ condition: ">=", ...time(before) }, true],
    [{ condition: ">", ...time(before) }, true],
    [{ condition: "<", ...time(before) }, false],
    [{ condition: "<=", ...time(before) }, false],
    [{ condition: ">=", ...time(after) }, false],
    [{ condition: ">", ...time(after) }, false],
    [{ condition: "<", ...time(after) }, true],
    [{ condition: "<=", ...time(after) }, true],
    // An earlier hour decides, whatever the minutes.
    [{ condition: ">=", timezone, hour: 8, minute: 59 }, true],
    [{ condition: "<", timezone, hour: 15, minute: 0 }, true],
    [{ condition: ">=", timezone, ...fieldsOf(before) }, true],
    [{ condition: "<=", timezone, ...fieldsOf(before) }, false],
    [{ condition: "<", timezone, ...fieldsOf(after) }, true],
    [{ condition: ">=", timezone, day: now.day }, true],
    [{ condition: ">", timezone, day: now.day }, false],
    [{ condition: ">=", timezone, month: now.month, day: now.day, hour: 13 + 5 }, false],
    [{ condition: ">=", month: 1, day: 1, hour: 0, minute: 0 }, true],
    [{ condition: ">", month: 12, day: 31, hour: 23, minute: 59 }, false],
  ]);
});

test("condition_datetime compares fields one by one for == and !=, and leaves out those for any", async () => {
  const { timezone, now } = nowAtNoon();
  const today = { timezone, month: now.month, day: now.day };
  const otherMonth = { month: (now.month % 12) + 1 };
  const halfAnHourOff = { minute: (now.minute + 30) % 60 };
  await judged([
    [{ condition: "==", ...today }, true],
    [{ condition: "!=", ...today }, false],
    [{ condition: "==", ...today, hour: -1, minute: -1, weekdays: [] }, true],
    [{ condition: "==", ...today, ...otherMonth }, false],
    [{ condition: "!=", ...today, ...otherMonth }, true],
    [{ condition: "==", ...today, ...halfAnHourOff }, false],
    [{ condition: "!=", ...today, ...halfAnHourOff }, true],
    [{ condition: "==", timezone, month: 0, day: -1, hour: -1, minute: -1 }, true],
    [{ condition: "!=", timezone }, false],
    [{ condition: "==", timezone, hour: 3 }, false],
  ]);
});

test("weekdays come first, Sunday being 0", async () => {
  const { timezone, now } = nowAtNoon();
  const today = now.weekday % 7;
  const others = [0, 1, 2, 3, 4, 5, 6].filter((day) => day !== today);
  await judged([
    [{ condition: "==", timezone, weekdays: [today] }, true],
    [{ condition: "==", timezone, weekdays: [0, 1, 2, 3, 4, 5, 6] }, true],
    [{ condition: "==", timezone, weekdays: others }, false],
    // The day of the week is no part of what `!=` negates.
    [{ condition: "!=", timezone, weekdays: others, hour: 3 }, false],
    [{ condition: "!=", timezone, weekdays: [today], hour: 3 }, true],
    [{ condition: ">=", timezone, weekdays: [today], hour: 8 }, true],
    [{ condition: ">=", timezone, weekdays: others, hour: 8 }, false],
  ]);
});

test("without a time zone it is UTC: of this hour and the next exactly one is now", async () => {
  const { hour } = DateTime.utc();
  const hours = [hour, (hour + 1) % 24, (hour + 2) % 24];
  const rules = hours.map((one): Rule => [{ condition: "==", hour: one }, false]);
  const elsewhere = hours.map((one): Rule => [{ condition: "==", hour: one, timezone: "Etc/GMT-12" }, false]);
  const call = await lab.call([...judge([...rules, ...elsewhere].map(condition)), prompt(lab, 440)]);
  await call.ended();
  const { variables } = await aftermathOf(lab, call.number);
  expect(["+-----", "-+----"]).toContain(variables.marks);
});

test("a false condition without a target leads on; a bad time zone is recorded as failed when it runs", async () => {
  const call = await lab.call([
    { type: "condition_datetime", option: { condition: "<", month: 1, day: 1, hour: 0, minute: 0 } },
    set("zone", "Mars/Olympus"),
    { type: "condition_datetime", option: { condition: "==", timezone: "${zone}", false_target_id: "wrong" } },
    set("zone", "Europe/Berlin"),
    { type: "condition_datetime", option: { condition: "==", timezone: "${zone}", false_target_id: "wrong" } },
    { ...prompt(lab, 440), next_id: "end" },
    { ...prompt(lab, 620), id: "wrong" },
    { type: "stop", id: "end" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ error: "OptionError" })]);
});
