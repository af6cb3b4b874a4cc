import { expect, test } from "vitest";
import { freshCodec } from "../support/rtp/codec.ts";
import { hear, samplesOf, silence, tone, wav } from "../support/tones.ts";

const joined = (...parts: Int16Array[]): Int16Array => samplesOf(wav(parts));
const noise = (durationMs: number): Int16Array =>
  tone(1, durationMs).map((_, index) => ((index * 7_919) % 2_003) * 10 - 10_000);

test("tones are heard in their order, with their times", () => {
  const sound = joined(silence(100), tone(440, 300), silence(100), tone(620, 200), tone(850, 200));
  expect(hear(sound)).toEqual([
    { frequency: 440, startMs: 100, durationMs: 300 },
    { frequency: 620, startMs: 500, durationMs: 200 },
    { frequency: 850, startMs: 700, durationMs: 200 },
  ]);
});

test("the same tone twice is two tones when a pause is between", () => {
  expect(hear(joined(tone(440, 200), silence(100), tone(440, 200)))).toHaveLength(2);
});

test("a late packet does not cut a tone in two", () => {
  expect(hear(joined(tone(440, 200), silence(40), tone(440, 200)))).toHaveLength(1);
});

test.each([
  ["silence", silence(1_000)],
  ["noise", noise(1_000)],
  ["a tone that no prompt has", tone(1_250, 1_000)],
  ["a tone too short to be a prompt", tone(440, 60)],
  ["two tones at once", tone(440, 500).map((sample, index) => (sample + (tone(620, 500)[index] ?? 0)) / 2)],
])("%s is no tone", (_what, sound) => {
  expect(hear(sound)).toEqual([]);
});

test.each(["pcmu", "pcma"] as const)("%s carries every tone", (name) => {
  const { encode, decode } = freshCodec(name);
  const heard = hear(decode(encode(joined(tone(440, 200), tone(2_450, 200)))));
  expect(heard.map(({ frequency }) => frequency)).toEqual([440, 2_450]);
});

test("g722 carries what is above a narrowband call, as loud as it was", () => {
  const { encode, decode, sampleRateHz } = freshCodec("g722");
  const said = [440, 2_450, 5_900].map((frequency) => tone(frequency, 400, sampleRateHz));
  const pcm = said.flatMap((samples) => [...decode(encode(samples))]);
  const heard = hear(Int16Array.from(pcm), [440, 2_450, 5_900], sampleRateHz);
  expect(heard.map(({ frequency }) => frequency)).toEqual([440, 2_450, 5_900]);
  const loudness = (samples: ArrayLike<number>) =>
    Math.sqrt(Array.from(samples).reduce((total, sample) => total + sample ** 2, 0) / samples.length);
  expect(loudness(pcm) / loudness(said.flatMap((samples) => [...samples]))).toBeCloseTo(1, 1);
});

test.each([
  ["pcmu", 0xff, 0],
  ["pcmu", 0x00, -32_124],
  ["pcmu", 0x80, 32_124],
  ["pcma", 0xd5, 8],
  ["pcma", 0x2a, -32_256],
  ["pcma", 0xaa, 32_256],
] as const)("%s code %i is %i", (name, code, sample) => {
  const { encode, decode } = freshCodec(name);
  expect(decode(Uint8Array.of(code))).toEqual(Int16Array.of(sample));
  expect(encode(Int16Array.of(sample))).toEqual(Uint8Array.of(code));
});
