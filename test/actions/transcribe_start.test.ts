import { expect, test } from "vitest";
import transcribeStart from "../../src/actions/transcribe_start.ts";
import { next } from "../../src/flow/outcome.ts";
import { testOption } from "../support/option.ts";
import { createStep } from "../support/step.ts";

testOption(transcribeStart, {
  accepted: [
    [{}, { language: "en-US", direction: "both", hints: [] }],
    [{ language: "ko-KR", provider: "", direction: "in" }, { provider: undefined }],
    [{ provider: "local", direction: "out", hints: ["Ringdown"] }],
  ],
  refused: [
    { language: "korean" },
    { provider: "azure" },
    { direction: "left" },
    { hints: "Ringdown" },
    { hints: [""] },
    { hints: Array(101).fill("word") },
  ],
});

test("it begins, tells the flow which transcription it is, and goes on at once", async () => {
  const step = createStep(transcribeStart, {
    language: "de-DE",
    provider: "aws",
    direction: "in",
    hints: ["Ringdown"],
  });
  expect(await step.run()).toEqual(next);
  const order = { language: "de-DE", direction: "in", provider: "aws", hints: ["Ringdown"] };
  expect(step.log).toEqual([`transcribing.start transcribe-id ${JSON.stringify(order)}`]);
  expect(Object.fromEntries(step.variables)).toMatchObject({
    "voipbin.transcribe.id": "transcribe-id",
    "voipbin.transcribe.language": "de-DE",
    "voipbin.transcribe.direction": "in",
  });
  // Again after a crash, under the same id.
  expect(step.memos.get("transcribe")).toBe("transcribe-id");
});
