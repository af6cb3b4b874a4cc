import { expect, test } from "vitest";
import branch from "../../src/actions/branch.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

const menu = { target_ids: { "1": "sales", "2": "support", "": "silent" }, default_target_id: "again" };

test.each([
  ["1", jump("sales")],
  ["2", jump("support")],
  ["", jump("silent")],
  ["12", jump("again")],
  ["constructor", jump("again")],
])("branch on the digits %j", async (digits, outcome) => {
  const step = createStep(branch, menu, { variables: { "voipbin.call.digits": digits } });
  expect(await step.run()).toMatchObject(outcome);
});

test.each([[undefined], [""], ["00000000-0000-0000-0000-000000000000"]])(
  "without a match and with the default %j it goes on",
  async (default_target_id) => {
    const option = { target_ids: { "1": "sales" }, ...(default_target_id === undefined ? {} : { default_target_id }) };
    expect(await createStep(branch, option).run()).toMatchObject(next);
  },
);

test("reading the digits empties them", async () => {
  const step = createStep(branch, { ...menu, variable: "" }, { variables: { "voipbin.call.digits": "1" } });
  await step.run();
  expect(step.variables.get("voipbin.call.digits")).toBe("");
});

test("reading another variable leaves it and the digits alone", async () => {
  const variables = { "customer.language": "de", "voipbin.call.digits": "1" };
  const step = createStep(branch, { variable: "customer.language", target_ids: { de: "german" } }, { variables });
  expect(await step.run()).toEqual({ ...jump("german"), because: { value: "de" } });
  expect(Object.fromEntries(step.variables)).toEqual(variables);
});

test.each([
  [{ target_ids: { "1": "no id" } }],
  [{ target_ids: ["sales"] }],
  [{ variable: 5 }],
  [{ default_target_id: 1 }],
])("branch refuses %j", async (option) => {
  await expect(createStep(branch, option).run()).rejects.toThrow("option");
});
