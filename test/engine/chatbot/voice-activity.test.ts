import { expect, test } from "vitest";
import { FRAME_MS, voiceActivity } from "../../../src/engine/chatbot/voice-activity.ts";
import { silence, tone } from "../../support/tones.ts";

const RATE = 16_000;
const PER_FRAME = (RATE / 1_000) * FRAME_MS;
/** The same at each run. */
const noise = (durationMs: number, amplitude: number): Int16Array => {
  let seed = 7;
  return Int16Array.from({ length: (RATE * durationMs) / 1_000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.round(amplitude * (seed / 2 ** 30 - 1));
  });
};
const voice = (durationMs: number, amplitude = 6_000) => tone(300, durationMs, RATE, amplitude);

/** What is told, and after how many ms of sound. */
function changesIn(...parts: readonly Int16Array[]): readonly (readonly [string, number])[] {
  const activity = voiceActivity();
  const changes: (readonly [string, number])[] = [];
  const pcm = Int16Array.from(parts.flatMap((part) => [...part]));
  for (let at = 0; at + PER_FRAME <= pcm.length; at += PER_FRAME) {
    const frame = pcm.slice(at, at + PER_FRAME);
    const change = activity.hear(new Uint8Array(frame.buffer));
    if (change) changes.push([change, activity.heardMs]);
  }
  return changes;
}

test("a voice is noticed a tenth of a second after it began, and its end when it is silent for some time", () => {
  expect(changesIn(silence(1_000, RATE), voice(600), silence(1_000, RATE))).toEqual([
    ["began", 1_100],
    ["ended", 1_900],
  ]);
});

test("a pause within what is said ends nothing, a click begins nothing", () => {
  const quiet = silence(200, RATE);
  expect(changesIn(quiet, voice(400), quiet, voice(400), silence(400, RATE)).map(([what]) => what)).toEqual([
    "began",
    "ended",
  ]);
  expect(changesIn(quiet, voice(60), silence(500, RATE), voice(40), quiet)).toEqual([]);
});

test("the noise of a line is no voice; a voice above it is", () => {
  const changes = changesIn(noise(1_000, 150), noise(8_000, 700), voice(500, 8_000), noise(1_000, 700));
  expect(changes.at(-2)).toEqual(["began", 9_100]);
  expect(changes.at(-1)?.[0]).toBe("ended");
  // A noise that is new to it passes for a voice until it is known.
  expect(changes.length).toBeLessThanOrEqual(4);
});

test("it knows when there was voice last", () => {
  const activity = voiceActivity();
  const pcm = Int16Array.from([...silence(200, RATE), ...voice(400), ...silence(200, RATE)]);
  for (let at = 0; at < pcm.length; at += PER_FRAME) {
    activity.hear(new Uint8Array(pcm.slice(at, at + PER_FRAME).buffer));
  }
  expect(activity.lastVoiceMs).toBe(600);
});
