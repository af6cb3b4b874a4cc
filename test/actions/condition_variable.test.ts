import { expect, test } from "vitest";
import condition from "../../src/actions/condition_variable.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

const variables = {
  name: "Ada",
  count: "10",
  price: " 2.5 ",
  empty: "",
  smile: "👋🏽!",
  "voipbin.call.source.target": "+4930",
};
const run = (option: Record<string, unknown>) =>
  createStep(condition, { ...option, false_target_id: "no" }, { variables }).run();

test.each([
  ["name", "==", "Ada", true],
  ["name", "==", "ada", false],
  ["name", "!=", "Bob", true],
  ["name", "<", "Bob", true],
  ["count", "<", "9", true],
  ["count", ">=", "10", true],
  ["missing", "==", "", true],
  ["${name} ${count}", "==", "Ada 10", true],
  ["${missing}", "==", "", true],
  ["${name}", "==", "name", false],
])("text: %s %s %s", async (variable, operator, value_string, holds) => {
  const option = { condition: operator, variable, value_type: "string", value_string };
  expect(await run(option)).toMatchObject(holds ? next : jump("no"));
});

test("the value to compare with may hold variables", async () => {
  const option = { condition: "==", variable: "name", value_type: "string", value_string: "${name}" };
  expect(await run(option)).toMatchObject(next);
});

test.each([
  ["count", ">", 9, true],
  ["count", "==", 10, true],
  ["price", ">=", 2.5, true],
  ["name", "==", 0, false],
  ["name", "!=", 0, false],
  ["empty", "==", 0, false],
  ["${count}0", "==", 100, true],
])("number: %s %s %d", async (variable, operator, value_number, holds) => {
  const option = { condition: operator, variable, value_type: "number", value_number };
  expect(await run(option)).toMatchObject(holds ? next : jump("no"));
});

test.each([
  ["name", "==", 3, true],
  ["empty", "==", 0, true],
  ["missing", "<=", 0, true],
  ["smile", "==", 3, true],
])("length: %s %s %d", async (variable, operator, value_length, holds) => {
  const option = { condition: operator, variable, value_type: "length", value_length };
  expect(await run(option)).toMatchObject(holds ? next : jump("no"));
});

test("what a variable holds is not expanded again", async () => {
  const step = createStep(
    condition,
    { condition: "==", variable: "${tricky}", value_type: "string", value_string: "Ada", false_target_id: "no" },
    { variables: { ...variables, tricky: "${name}" } },
  );
  expect(await step.run()).toMatchObject(jump("no"));
});

test("the timeline is told what was compared, and how that came out", async () => {
  const option = { condition: "<", variable: "count", value_type: "number", value_number: 3 };
  expect(await run(option)).toMatchObject({ because: { holds: false, value: "10" } });
});

test.each([
  [{ condition: "=", variable: "a", value_type: "string" }],
  [{ condition: "==", value_type: "string" }],
  [{ condition: "==", variable: "", value_type: "string" }],
  [{ condition: "==", variable: "a", value_type: "text" }],
  [{ condition: "==", variable: "a", value_type: "number" }],
  [{ condition: "==", variable: "a", value_type: "number", value_number: "1" }],
  [{ condition: "==", variable: "a", value_type: "length" }],
  [{ condition: "==", variable: "a", value_type: "length", value_length: -1 }],
])("refuses %j", async (option) => {
  await expect(run(option)).rejects.toThrow("option");
});
