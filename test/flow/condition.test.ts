import { expect, test } from "vitest";
import { compare, compareInOrder, conditionOutcome, operators, toNumber } from "../../src/flow/condition.ts";
import { jump, next } from "../../src/flow/outcome.ts";

const holding = (test: (operator: (typeof operators)[number]) => boolean) => operators.filter(test).join(" ");

test.each([
  [1, 1, "== >= <="],
  [1, 2, "!= < <="],
  [2, 1, "!= > >="],
  [Number.NaN, 1, ""],
  [1, Number.NaN, ""],
])("of %d and %d hold: %s", (left, right, operators) => {
  expect(holding((operator) => compare(left, operator, right))).toBe(operators);
});

test("texts are compared by their characters", () => {
  expect(holding((operator) => compare("10", operator, "9"))).toBe("!= < <=");
});

test.each([
  [[8, 30], [9, 10], "!= < <="],
  [[9, 10], [8, 30], "!= > >="],
  [[9, 10], [9, 10], "== >= <="],
  [[], [], "== >= <="],
])("in order, of %j and %j hold: %s", (left, right, operators) => {
  expect(holding((operator) => compareInOrder(left, operator, right))).toBe(operators);
});

test.each([
  ["10", 10],
  [" -1.5 ", -1.5],
  [".5", 0.5],
  ["5.", 5],
  ["+1e3", 1000],
  ["", Number.NaN],
  ["ten", Number.NaN],
  ["0x10", Number.NaN],
  ["1,5", Number.NaN],
  ["Infinity", Number.NaN],
])("the number of %j", (text, number) => {
  expect(toNumber(text)).toBe(number);
});

test("a condition goes on, or to its target if it has one", () => {
  expect(conditionOutcome(true, "no")).toEqual(next);
  expect(conditionOutcome(false, "no")).toEqual(jump("no"));
  expect(conditionOutcome(false, undefined)).toEqual(next);
});
