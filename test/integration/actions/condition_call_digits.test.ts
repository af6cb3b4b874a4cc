import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { aftermathOf, judge, marksOf, prompt, set } from "./support.ts";

const lab = await startLab();

const KEYS = "12#4";
/** With the keys above pressed; and with none. */
const RULES: readonly (readonly [option: Readonly<Record<string, unknown>>, holds: boolean, withNone: boolean])[] = [
  [{ length: 3 }, true, false],
  [{ length: 4 }, true, false],
  [{ length: 5 }, false, false],
  [{ length: 0 }, false, false],
  [{}, false, false],
  [{ key: "#" }, true, false],
  [{ key: "2#" }, true, false],
  [{ key: "#2" }, false, false],
  [{ key: "9" }, false, false],
  [{ key: "" }, false, false],
  [{ length: 9, key: "4" }, true, false],
  [{ length: 2, key: "9" }, true, false],
  [{ length: 9, key: "9" }, false, false],
];
const conditions = RULES.map(([option]) => ({ type: "condition_call_digits", option }));

test("condition_call_digits holds when enough digits were pressed, or the ones asked for", async () => {
  const menu = (steps: readonly FlowAction[]) => [{ type: "answer" }, prompt(lab, 440), ...steps, prompt(lab, 620)];
  const collect = { type: "digits_receive", option: { length: KEYS.length, duration: 4_000 } };
  const [pressed, silent] = await Promise.all([
    lab.call(menu([collect, ...judge(conditions)])),
    lab.call(menu(judge(conditions))),
  ]);
  await pressed.heard(440);
  await pressed.press(KEYS);
  await Promise.all([pressed.ended(), silent.ended()]);
  const marks = async (number: string) => (await aftermathOf(lab, number)).variables.marks;
  expect(await marks(pressed.number)).toBe(marksOf(RULES.map(([, holds]) => holds)));
  expect(await marks(silent.number)).toBe(marksOf(RULES.map(([, , holds]) => holds)));
  expect([tonesHeard(pressed), tonesHeard(silent)]).toEqual([
    [440, 620],
    [440, 620],
  ]);
});

test("its author is told that it is deprecated; a key that is none is recorded as failed when it runs", async () => {
  const actions = [
    set("bad", "one"),
    { type: "condition_call_digits", option: { key: "${bad}", false_target_id: "wrong" } },
    { ...prompt(lab, 440), next_id: "end" },
    { ...prompt(lab, 620), id: "wrong" },
    { type: "stop", id: "end" },
  ];
  const { warnings } = await lab.api.post("/flows", { name: "deprecated", actions });
  expect(JSON.stringify(warnings)).toContain("condition_variable");
  const call = await lab.call(actions);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ error: "OptionError" })]);
});
