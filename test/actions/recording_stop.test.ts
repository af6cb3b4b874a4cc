import { expect, test } from "vitest";
import recordingStop from "../../src/actions/recording_stop.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(recordingStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});

test("the recording is stopped, and the flow goes on", async () => {
  const step = createStep(recordingStop, {});
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["recorder.stop"]);
});
