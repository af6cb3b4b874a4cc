import { expect, test } from "vitest";
import { tonesHeard } from "../../support/call.ts";
import { startLab } from "../../support/lab.ts";
import { aftermathOf, judge, marksOf, prompt, set } from "./support.ts";

const lab = await startLab();

const VARIABLES = {
  colour: "blue",
  empty: "",
  seven: "7",
  decimal: "7.50",
  negative: "-3",
  spaced: " 7 ",
  scientific: "1e3",
  hexadecimal: "0x1f",
  words: "seven",
  faces: "🙂🙂🙂",
  "with space": "yes",
};

type Rule = readonly [variable: string, condition: string, value: string | number, holds: boolean];

const TEXTS: readonly Rule[] = [
  ["colour", "==", "blue", true],
  ["colour", "==", "Blue", false],
  ["colour", "!=", "red", true],
  ["colour", "!=", "blue", false],
  ["colour", "<", "green", true],
  ["colour", "<=", "blue", true],
  ["colour", ">", "blue", false],
  ["colour", ">", "black", true],
  ["colour", ">=", "blue", true],
  ["empty", "==", "", true],
  ["nobody set this", "==", "", true],
  ["seven", "<", "10", false],
  ["with space", "==", "yes", true],
  ["${colour}", "==", "blue", true],
  ["${colour}-${seven}", "==", "blue-7", true],
  ["colour", "==", "${colour}", true],
  ["[${nobody set this}]", "==", "[]", true],
];
const NUMBERS: readonly Rule[] = [
  ["seven", "==", 7, true],
  ["seven", "<", 10, true],
  ["seven", ">", 10, false],
  ["seven", "!=", 8, true],
  ["decimal", "==", 7.5, true],
  ["decimal", ">=", 7, true],
  ["negative", "<", 0, true],
  ["negative", "<=", -3, true],
  ["spaced", "==", 7, true],
  ["scientific", "==", 1000, true],
  // Not a number: nothing holds, `!=` neither.
  ["words", "==", 7, false],
  ["words", "!=", 7, false],
  ["words", "<", 7, false],
  ["empty", "==", 0, false],
  ["empty", "!=", 0, false],
  ["hexadecimal", "==", 31, false],
  ["${seven}0", "==", 70, true],
];
const LENGTHS: readonly Rule[] = [
  ["colour", "==", 4, true],
  ["colour", "!=", 4, false],
  ["empty", "==", 0, true],
  ["nobody set this", "==", 0, true],
  ["faces", "==", 3, true],
  ["faces", "<", 6, true],
  ["spaced", ">", 2, true],
  ["${colour}${seven}", ">=", 5, true],
  ["colour", "<=", 3, false],
];
const TABLE = [
  ...TEXTS.map((rule) => ({ rule, field: "string" })),
  ...NUMBERS.map((rule) => ({ rule, field: "number" })),
  ...LENGTHS.map((rule) => ({ rule, field: "length" })),
];

test("condition_variable compares texts, numbers and lengths, by every operator", async () => {
  const conditions = TABLE.map(({ rule: [variable, condition, value], field }) => ({
    type: "condition_variable",
    option: { variable, condition, value_type: field, [`value_${field}`]: value },
  }));
  const steps = Object.entries(VARIABLES).map(([key, value]) => set(key, value));
  const call = await lab.call([...steps, ...judge(conditions), prompt(lab, 440)]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { variables, facts } = await aftermathOf(lab, call.number);
  const told = TABLE.map(({ rule, field }, index) => ({ rule, field, found: variables.marks?.[index] }));
  expect(told).toEqual(TABLE.map(({ rule, field }) => ({ rule, field, found: marksOf([rule[3]]) })));
  expect(facts("action_failed")).toEqual([]);
});

test("a condition that does not hold leads to its target, or on when it has none", async () => {
  const number = await lab.route([
    { type: "condition_variable", option: isCaller("nobody") },
    prompt(lab, 440),
    { type: "condition_variable", option: { ...isCaller("nobody"), false_target_id: "stranger" } },
    prompt(lab, 620),
    { ...prompt(lab, 850), id: "stranger" },
    { type: "condition_variable", option: { ...isCaller("caller"), false_target_id: "stranger" } },
    prompt(lab, 1100),
  ]);
  const call = await lab.dial(number);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440, 850, 1100]);
});

test("what turns out bad when it runs is recorded as failed, and the flow goes on", async () => {
  const wrong = { false_target_id: "wrong" };
  const call = await lab.call([
    set("bad", "~"),
    { type: "condition_variable", option: { ...isCaller("caller"), condition: "${bad}", ...wrong } },
    { type: "condition_variable", option: { ...isCaller("caller"), value_type: "${bad}", ...wrong } },
    { type: "condition_variable", option: { ...isCaller("nobody"), false_target_id: "${bad}" } },
    { ...prompt(lab, 440), next_id: "end" },
    { ...prompt(lab, 620), id: "wrong" },
    { type: "stop", id: "end" },
  ]);
  await call.ended();
  expect(tonesHeard(call)).toEqual([440]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed").map(({ error }) => error)).toEqual(["OptionError", "OptionError", "OptionError"]);
});

const isCaller = (value_string: string) => ({
  condition: "==",
  variable: "voipbin.call.source.target",
  value_type: "string",
  value_string,
});
