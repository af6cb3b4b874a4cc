import { expect, test } from "vitest";
import recordingStart from "../../src/actions/recording_start.ts";
import { ActionError } from "../../src/flow/action-error.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(recordingStart, {
  accepted: [
    [{}, { format: "wav", end_of_silence: 0, end_of_key: "none", duration: 0, beep_start: false, channels: 1 }],
    [{ format: "mp3", end_of_silence: 5, end_of_key: "#", duration: 60, beep_start: true, channels: 2 }],
    [{ format: "ogg", end_of_key: "any" }],
  ],
  refused: [
    { format: "flac" },
    { end_of_silence: -1 },
    { end_of_key: "1" },
    { duration: -1 },
    { duration: 1.5 },
    { beep_start: 1 },
    { channels: 3 },
  ],
});

test.each([
  [{}, ["recorder.start wav 1 silence 0 key none for 0"]],
  [
    { format: "ogg", channels: 2, end_of_silence: 3, end_of_key: "#", duration: 60, beep_start: true },
    ["recorder.start ogg 2 silence 3 key # for 60", "call.play sound:beep"],
  ],
])("with %j", async (option, log) => {
  const step = createStep(recordingStart, option);
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(log);
});

test("a call that is being recorded already gets a note, and no beep", async () => {
  const step = createStep(recordingStart, { beep_start: true }, { recordingFault: "running" });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual([expect.stringMatching("recorder.start"), expect.stringMatching(/^note .*already/)]);
});

test("what can be done about a call that has not been answered is told", async () => {
  const step = createStep(recordingStart, {}, { recordingFault: "unanswered" });
  await expect(step.run()).rejects.toMatchObject({ remedy: expect.stringContaining("`answer`") });
});

test.each(["unanswered", "ended", "failed"] as const)("what is %s fails the action", async (recordingFault) => {
  await expect(createStep(recordingStart, {}, { recordingFault }).run()).rejects.toThrow(ActionError);
});
