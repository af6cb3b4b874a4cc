import { expect, test } from "vitest";
import condition from "../../src/actions/condition_call_digits.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test.each([
  ["123", { length: 3 }, next],
  ["12", { length: 3 }, jump("no")],
  ["12#", { length: 10, key: "#" }, next],
  ["12", { key: "#" }, jump("no")],
  ["5123", { key: "12" }, next],
  ["", {}, jump("no")],
])("with %j received, %j", async (digits, option, outcome) => {
  const variables = { "voipbin.call.digits": digits };
  expect(await createStep(condition, { ...option, false_target_id: "no" }, { variables }).run()).toMatchObject(outcome);
});

test("without a target it goes on either way, and the digits stay", async () => {
  const step = createStep(condition, { length: 3 }, { variables: { "voipbin.call.digits": "1" } });
  expect(await step.run()).toMatchObject(next);
  expect(step.variables.get("voipbin.call.digits")).toBe("1");
});

test.each([[{ length: -1 }], [{ length: "3" }], [{ length: 1.5 }], [{ key: "x" }], [{ key: 1 }]])(
  "refuses %j",
  async (option) => {
    await expect(createStep(condition, option).run()).rejects.toThrow("option");
  },
);
