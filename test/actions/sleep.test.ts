import { expect, test } from "vitest";
import sleep from "../../src/actions/sleep.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep, watch } from "../support/step.ts";

test("sleep goes on when the time has passed, not before", async () => {
  const step = createStep(sleep, { duration: 1000 });
  const seen = watch(step.run());
  await step.passTo(999);
  expect(seen.value).toBeUndefined();
  await step.passTo(1000);
  expect(seen.value).toEqual(next);
});

test("a sleep that begins again lasts no longer", async () => {
  const step = createStep(sleep, { duration: 1000 });
  watch(step.run());
  await step.passTo(600);
  const again = watch(step.run());
  await step.passTo(1000);
  expect(again.value).toEqual(next);
});

test("a hangup ends it", async () => {
  const step = createStep(sleep, { duration: 1000 });
  const running = step.run();
  await step.passTo(1);
  step.hangUp();
  await expect(running).rejects.toThrow("hangup");
});

test.each([
  [{}],
  [{ duration: -1 }],
  [{ duration: 1.5 }],
  [{ duration: "10" }],
  [{ duration: 86_400_001 }],
  [{ duration: 1, unit: "s" }],
])("refuses %j", async (option) => {
  await expect(createStep(sleep, option).run()).rejects.toThrow("option");
});
