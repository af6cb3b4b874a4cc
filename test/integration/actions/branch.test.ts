import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { aftermathOf, mark, prompt, set } from "./support.ts";

const lab = await startLab();

const collect = (length: number): FlowAction => ({ type: "digits_receive", option: { length, duration: 4_000 } });
const branch = (option: Readonly<Record<string, unknown>>): FlowAction => ({ type: "branch", option });

/** A menu: one key, and a tone for each way out. */
const menu = (): readonly FlowAction[] => [
  { type: "answer" },
  prompt(lab, 440),
  { type: "digits_receive", option: { duration: 1_500 } },
  branch({ target_ids: { "1": "sales", "2": "support", "*": "star", "": "nobody" }, default_target_id: "other" }),
  { ...prompt(lab, 620), id: "sales", next_id: "end" },
  { ...prompt(lab, 850), id: "support", next_id: "end" },
  { ...prompt(lab, 1100), id: "star", next_id: "end" },
  { ...prompt(lab, 1400), id: "other", next_id: "end" },
  { ...prompt(lab, 1700), id: "nobody" },
  { id: "end", type: "hangup" },
];

test("branch goes where the caller's key leads, else to the default; no key is a value, too", async () => {
  const number = await lab.route(menu());
  const ways = [
    ["1", 620],
    ["2", 850],
    ["*", 1100],
    ["9", 1400],
    ["", 1700],
  ] as const;
  await Promise.all(
    ways.map(async ([key, tone]) => {
      const call = await lab.dial(number);
      await call.heard(440);
      await call.press(key);
      await call.ended();
      expect(tonesHeard(call), `key ${key}`).toEqual([440, tone]);
    }),
  );
});

test("branch on the digits empties them: the next menu starts clean", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    collect(1),
    branch({ target_ids: { "1": "second" } }),
    { id: "second", ...prompt(lab, 620) },
    collect(1),
    // Would be "1" again, or "12", had the first one stayed.
    branch({ variable: "", target_ids: { "2": "right" } }),
    prompt(lab, 850),
    { ...prompt(lab, 1100), id: "right" },
  ]);
  await call.heard(440);
  await call.press("1");
  await call.heard(620);
  await call.press("2");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 620, 1100]);
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.call.digits": "" });
});

/** What the variable holds, and the mark of where the branch leads. */
const VALUES: readonly (readonly [value: string, mark: string])[] = [
  ["gold", "G"],
  ["Gold", "."],
  ["gold ", "."],
  ["gol", "."],
  ["", "E"],
  ["01", "O"],
  ["1", "."],
  ["한국", "K"],
  ["a.b[0]", "D"],
  ["constructor", "."],
  ["__proto__", "."],
];

test("branch compares the whole value of any variable, exactly; without a default it goes on", async () => {
  const target_ids = { gold: "G", "": "E", "01": "O", 한국: "K", "a.b[0]": "D" };
  const steps = VALUES.flatMap(([value], index) => [
    { ...set("level", value), id: `case${index}` },
    set("turn", String(index + 1)),
    branch({ variable: "level", target_ids }),
    { ...mark("."), next_id: `case${index + 1}` },
  ]);
  const back = branch({
    variable: "turn",
    target_ids: Object.fromEntries(VALUES.map((_, index) => [String(index + 1), `case${index + 1}`])),
  });
  const marks = Object.values(target_ids).flatMap((name) => [
    { ...mark(name), id: name },
    { ...back, id: `back${name}` },
  ]);
  const call = await lab.call([
    ...steps,
    { ...prompt(lab, 440), id: `case${VALUES.length}`, next_id: "end" },
    ...marks,
    { id: "end", type: "stop" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables.marks).toBe(VALUES.map(([, text]) => text).join(""));
  expect(facts("action_failed")).toEqual([]);
});

test("branch on another variable leaves the digits; its name may come from a variable", async () => {
  const call = await lab.call([
    { type: "answer" },
    prompt(lab, 440),
    collect(2),
    set("level", "gold"),
    set("which", "level"),
    branch({ variable: "${which}", target_ids: { gold: "right" }, default_target_id: "wrong" }),
    { ...prompt(lab, 620), id: "wrong" },
    { ...prompt(lab, 850), id: "right" },
  ]);
  await call.heard(440);
  await call.press("42");
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 850]);
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.call.digits": "42" });
});

test("targets may come from variables; a bad one is recorded as failed, and the flow goes on", async () => {
  const call = await lab.call([
    set("bad", "not an id!"),
    branch({ variable: "level", default_target_id: "${bad}" }),
    set("good", "right"),
    branch({ variable: "level", target_ids: { "": "${good}" } }),
    prompt(lab, 440),
    { ...prompt(lab, 620), id: "right" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([620]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toEqual([expect.objectContaining({ action: "branch", error: "OptionError" })]);
});
