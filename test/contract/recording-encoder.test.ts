import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { TrackFile, TrackName } from "../../src/ports/recorder.ts";
import { recordingEncoder } from "../../src/providers/audio/recording-encoder.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";
import { hear, samplesOf, silence, type Tone, tone, wav } from "../support/tones.ts";

const { encode } = recordingEncoder(toolRunner(1));
const { signal } = new AbortController();

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "ringdown-encoder-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}
async function track(into: string, name: TrackName, file: Buffer): Promise<TrackFile> {
  const path = join(into, `${name}.wav`);
  await writeFile(path, file);
  return { track: name, path };
}
/** As Asterisk leaves it when it is killed: it writes the lengths last. */
function cutShort(file: Buffer): Buffer {
  file.writeUInt32LE(0, 4);
  file.writeUInt32LE(0, 40);
  return file;
}
const channel = (file: Buffer, index: number): readonly Tone[] =>
  hear(samplesOf(file).filter((_sample, at) => at % 2 === index));

test("mixed WAV is taken as it is", async () => {
  const into = await folder();
  const one = await track(into, "mixed", wav([tone(440, 500)]));
  const made = await encode([one], { format: "wav", channels: 1 }, into, signal);
  expect(made).toEqual({ path: one.path, durationMs: 500, size: 44 + 8_000 });
});

test("what Asterisk had written when it was killed is all there", async () => {
  const into = await folder();
  const one = await track(into, "mixed", cutShort(wav([tone(440, 500)])));
  const { path, durationMs } = await encode([one], { format: "wav", channels: 1 }, into, signal);
  const file = await readFile(path);
  expect([durationMs, file.readUInt32LE(40)]).toEqual([500, 8_000]);
  expect(hear(samplesOf(file))).toMatchObject([{ frequency: 440 }]);
});

test("a track that began later is put where it belongs", async () => {
  const into = await folder();
  const caller = await track(into, "caller", wav([tone(440, 400), silence(1_600)]));
  const others = await track(into, "others", wav([tone(620, 400), silence(600)]));
  const { path, durationMs } = await encode([caller, others], { format: "wav", channels: 2 }, into, signal);
  const file = await readFile(path);
  expect([durationMs, file.readUInt16LE(22)]).toEqual([2_000, 2]);
  const [left, right] = [channel(file, 0), channel(file, 1)];
  expect([left.length, right.length]).toEqual([1, 1]);
  expect(left[0]).toMatchObject({ frequency: 440, startMs: 0 });
  expect(right[0]).toMatchObject({ frequency: 620, startMs: 1_000 });
});

test.each([
  ["mixed", 1],
  ["others", 2],
] as const)("what was whispered is on the %s track, where it was heard", async (name, channels) => {
  const into = await folder();
  const heard = await track(into, name, wav([tone(440, 400), silence(1_600)]));
  const caller = channels === 2 ? [await track(into, "caller", wav([silence(2_000)]))] : [];
  const whispered = await Promise.all(
    [620, 850].map(async (frequency, index): Promise<TrackFile> => {
      const path = join(into, `${frequency}.wav`);
      await writeFile(path, cutShort(wav([tone(frequency, 400)])));
      return { track: "whispered", path, atMs: 600 * (index + 1) };
    }),
  );
  const order = { format: "wav", channels } as const;
  const { path, durationMs } = await encode([...caller, heard, ...whispered], order, into, signal);
  const file = await readFile(path);
  const tones = channels === 2 ? channel(file, 1) : hear(samplesOf(file));
  expect(durationMs).toBe(2_000);
  expect(tones).toMatchObject([440, 620, 850].map((frequency) => ({ frequency })));
  for (const [index, { startMs }] of tones.entries()) expect(Math.abs(startMs - 600 * index)).toBeLessThan(30);
});

test.each(["caller", "others"] as const)("of two tracks, %s alone stays on its side", async (name) => {
  const into = await folder();
  const only = await track(into, name, wav([tone(440, 400)]));
  const file = await readFile((await encode([only], { format: "wav", channels: 2 }, into, signal)).path);
  expect(file.readUInt16LE(22)).toBe(2);
  const heard = [channel(file, 0), channel(file, 1)].map((tones) => tones.map(({ frequency }) => frequency));
  expect(heard).toEqual(name === "caller" ? [[440], []] : [[], [440]]);
});
