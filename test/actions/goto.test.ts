import { expect, test } from "vitest";
import goto from "../../src/actions/goto.ts";
import { jump, next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test.each([
  [2, jump("menu", 2)],
  [1, jump("menu", 1)],
  [0, next],
  [-1, next],
  [undefined, next],
])("a loop_count of %j", async (loop_count, outcome) => {
  const option = { target_id: "menu", ...(loop_count === undefined ? {} : { loop_count }) };
  expect(await createStep(goto, option).run()).toEqual(outcome);
});

test.each([
  [{}],
  [{ target_id: "" }],
  [{ target_id: "a b" }],
  [{ target_id: "a", loop_count: 1.5 }],
  [{ target_id: "a", loop_count: "2" }],
])("refuses %j", async (option) => {
  await expect(createStep(goto, option).run()).rejects.toThrow("option");
});
