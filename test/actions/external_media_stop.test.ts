import { expect, test } from "vitest";
import externalMediaStop from "../../src/actions/external_media_stop.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(externalMediaStop, {
  accepted: [[{}]],
  refused: [{ reference_id: "x" }],
});

test("stops all of them, and the flow goes on", async () => {
  const step = createStep(externalMediaStop, {}, { status: "progressing" });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["externalMedia.stop"]);
});
