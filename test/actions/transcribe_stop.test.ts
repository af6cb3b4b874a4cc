import { expect, test } from "vitest";
import transcribeStop from "../../src/actions/transcribe_stop.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(transcribeStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});

test("it stops what the call has, and goes on", async () => {
  const step = createStep(transcribeStop, {});
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["transcribing.stop"]);
});
