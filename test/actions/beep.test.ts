import { expect, test } from "vitest";
import beep from "../../src/actions/beep.ts";
import { next } from "../../src/flow/outcome.ts";
import { createStep } from "../support/step.ts";

test("beep plays a beep without answering and goes on", async () => {
  const step = createStep(beep, {});
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["call.play sound:beep"]);
});

test("a beep that can't be played is a failure", async () => {
  await expect(createStep(beep, {}, { playbackEnd: "failed" }).run()).rejects.toThrow("could not be played");
});
