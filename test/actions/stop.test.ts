import { expect, test } from "vitest";
import stopAction from "../../src/actions/stop.ts";
import { stop } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test("stop ends the flow", async () => {
  expect(await createStep(stopAction, {}).run()).toEqual(stop());
});

test("stop takes no option", async () => {
  await expect(createStep(stopAction, { reason: "busy" }).run()).rejects.toThrow("reason");
});
