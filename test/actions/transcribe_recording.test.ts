import { expect, test } from "vitest";
import transcribeRecording from "../../src/actions/transcribe_recording.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(transcribeRecording, {
  accepted: [
    [{}, { language: "en-US", direction: "both", hints: [] }],
    [{ language: "de", provider: "aws", direction: "in", hints: ["Ringdown"] }, { provider: "aws" }],
  ],
  refused: [{ language: "german" }, { provider: "azure" }, { direction: "left" }, { hints: [""] }],
});

test("what there is of recordings is planned once, and begun", async () => {
  const step = createStep(transcribeRecording, { language: "de-DE" }, { recordings: ["first", "second"] });
  expect(await step.run()).toEqual(next);
  const order = { language: "de-DE", direction: "both", provider: null, hints: [] };
  expect(step.log).toEqual([`recordingTranscriber.begin of first,of second ${JSON.stringify(order)}`]);
  // Again after a crash, under the same ids.
  expect(step.memos.get("transcribes")).toEqual([
    { id: "of first", recording_id: "first" },
    { id: "of second", recording_id: "second" },
  ]);
});

test("a call without a recording is told, and what to do", async () => {
  await expect(createStep(transcribeRecording, {}).run()).rejects.toThrow("recording_start");
});
