import { expect, test } from "vitest";
import type { Recognized } from "../../../src/providers/recognition/provider.ts";
import { createHearing } from "../../../src/providers/recognition/sherpa/hearing.ts";
import { silence, tone } from "../../support/tones.ts";

const RATE_HZ = 8_000;
const PIECE_MS = 100;
const piece = (samples: Int16Array): Uint8Array => new Uint8Array(samples.buffer);
const quiet = piece(silence(PIECE_MS, RATE_HZ));
const noisy = piece(tone(300, PIECE_MS, RATE_HZ));

/** What a model tells after a piece; nothing new when absent. */
type Step = { readonly text?: string; readonly firstMs?: number; readonly isEndpoint?: boolean };

/** Hears pieces of 100 ms, of which a model tells this, one after the other. */
function hear(steps: readonly (readonly [Uint8Array, Step?])[], settings = {}): readonly Recognized[] {
  let [step, sinceMs, heardMs, text, firstMs, isReady]: [Step, number, number, string, number, boolean] = [
    {},
    0,
    0,
    "",
    0,
    false,
  ];
  const recognizer = {
    createStream: () => ({
      acceptWaveform() {
        isReady = true;
        heardMs += PIECE_MS;
      },
      inputFinished() {},
    }),
    isReady: () => isReady,
    decode() {
      isReady = false;
      text = step.text ?? text;
      firstMs = step.firstMs ?? firstMs;
    },
    isEndpoint: () => step.isEndpoint === true,
    reset() {
      text = "";
      sinceMs = heardMs;
    },
    getResult: () => ({ text, timestamps: text === "" ? [] : [firstMs / 1_000], start_time: sinceMs / 1_000 }),
  };
  const hearing = createHearing(recognizer, { sampleRateHz: RATE_HZ, stepFactor: 1, isUpperCase: false, ...settings });
  return steps.flatMap(([pcm, told = {}]) => {
    step = told;
    return hearing.hear(pcm);
  });
}

test("a sentence grows until its pause, and is over then", () => {
  expect(
    hear([
      [quiet],
      [noisy],
      [noisy],
      [noisy, { text: " one", firstMs: 250 }],
      [noisy, { text: " one two" }],
      [quiet, { isEndpoint: true }],
    ]),
  ).toEqual([
    { text: "one", isFinal: false, startMs: 50, endMs: 400 },
    { text: "one two", isFinal: false, startMs: 50, endMs: 500 },
    { text: "one two", isFinal: true, startMs: 50, endMs: 500 },
  ]);
});

test("no sentence ends while the next word may have begun, of which the model would lose what it has heard", () => {
  const heard = hear([
    [noisy, { text: "one" }],
    [noisy, { isEndpoint: true }],
    [noisy, { text: "one two" }],
    [quiet, { isEndpoint: true }],
  ]);
  expect(heard.filter(({ isFinal }) => isFinal).map(({ text }) => text)).toEqual(["one two"]);
});

test("on a line that is never silent, a longer pause of the words will do", () => {
  const pause = Array.from({ length: 20 }, () => [noisy, { isEndpoint: true }] as const);
  const heard = hear([[noisy, { text: "one" }], ...pause]);
  expect(heard.filter(({ isFinal }) => isFinal)).toEqual([{ text: "one", isFinal: true, startMs: 0, endMs: 100 }]);
});

test("a sentence begins after the one before, whatever a model says", () => {
  const heard = hear([
    [noisy, { text: "one", firstMs: 50 }],
    [quiet, { isEndpoint: true }],
    [noisy, { text: "two", firstMs: 10 }],
  ]);
  expect(heard.at(-1)).toMatchObject({ text: "two", startMs: 100, endMs: 300 });
});

test("the times of a model with longer steps are stretched", () => {
  const steps = Array.from({ length: 9 }, () => [quiet] as const);
  expect(hear([...steps, [noisy, { text: "one", firstMs: 400 }]], { stepFactor: 2 })).toMatchObject([{ startMs: 600 }]);
});

test("what a model writes in capitals is told in small letters", () => {
  expect(hear([[noisy, { text: " HELLO" }]], { isUpperCase: true })).toMatchObject([{ text: "hello" }]);
});
