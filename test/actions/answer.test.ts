import { expect, test } from "vitest";
import answer from "../../src/actions/answer.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test("answer answers and goes on", async () => {
  const step = createStep(answer, {});
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["call.answer"]);
});

test("answer takes no option", async () => {
  await expect(createStep(answer, { delay: 1 }).run()).rejects.toMatchObject({ faults: [{ path: "option.delay" }] });
});
