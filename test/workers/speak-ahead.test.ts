import { expect, test } from "vitest";
import { actions as catalogue } from "../../src/actions/registry.generated.ts";
import type { SpeechRequest, Synthesizer } from "../../src/ports/speech.ts";
import { speakAhead } from "../../src/workers/speak-ahead.ts";
import { eventually } from "../support/eventually.ts";

test("what a flow says for certain is spoken, one text after the other", async () => {
  const { ahead, spoken, most } = make();
  ahead.prepare([
    talk({ text: "One" }),
    { id: "s", type: "sleep", option: { duration: 1 } },
    talk({ text: "Hello ${voipbin.call.source.target}" }),
    talk({ text: "Two", language: "de-DE", provider: "local", voice_id: "de" }),
    talk({ text: "One" }),
  ]);
  await eventually("both are spoken", () => spoken.length === 2);
  ahead.prepare([talk({ text: "Three" })]);
  await eventually("the third is spoken", () => spoken.length === 3);
  expect(spoken).toEqual([
    { text: "One", language: "en-US", provider: "gcp", voice: undefined },
    { text: "Two", language: "de-DE", provider: "local", voice: "de" },
    { text: "Three", language: "en-US", provider: "gcp", voice: undefined },
  ]);
  expect(most()).toBe(1);
  await ahead.close();
});

test("one that nobody can speak keeps no other from being spoken", async () => {
  const { ahead, spoken, errors } = make("One");
  ahead.prepare([talk({ text: "One" }), talk({ text: "Two" })]);
  await eventually("the second is spoken", () => spoken.some(({ text }) => text === "Two"));
  expect(errors).toHaveLength(1);
  await ahead.close();
});

test("nothing is begun after the end, and what is under way is given up", async () => {
  const { ahead, spoken, errors } = make(undefined, true);
  ahead.prepare([talk({ text: "One" }), talk({ text: "Two" })]);
  await eventually("the first is begun", () => spoken.length === 1);
  await ahead.close();
  ahead.prepare([talk({ text: "Three" })]);
  expect([spoken.length, errors.length]).toEqual([1, 0]);
});

const talk = (option: Record<string, unknown>) => ({ id: "t", type: "talk", option });

function make(unspeakable?: string, hangs = false) {
  const spoken: SpeechRequest[] = [];
  const errors: unknown[] = [];
  let now = 0;
  let most = 0;
  const speech: Synthesizer = {
    async speak(request, signal) {
      spoken.push(request);
      most = Math.max(most, ++now);
      if (hangs) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      await Promise.resolve();
      now -= 1;
      if (request.text === unspeakable) throw new Error("no");
      return { media: { kind: "audio", id: "x" }, provider: "gcp", attempts: [] };
    },
  };
  const ahead = speakAhead({ speech, catalogue, onError: (error) => errors.push(error) });
  return { ahead, spoken, errors, most: () => most };
}
