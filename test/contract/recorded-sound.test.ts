import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { recordedSound } from "../../src/providers/audio/recorded-sound.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";
import { hear, silence, tone, wav } from "../support/tones.ts";
import { never, temporaryFolder } from "./media-parts.ts";

/** The tones that are heard in one channel of a file of this kind. */
async function heardIn(format: string, channels: 1 | 2, channel: "left" | "right" | "mixed") {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await writeFile(`${path}/left.wav`, wav([tone(440, 500), silence(500)]));
  await writeFile(`${path}/right.wav`, wav([silence(500), tone(620, 500)]));
  const how = channels === 2 ? "-M" : "-m";
  execFileSync("sox", [how, `${path}/left.wav`, `${path}/right.wav`, `${path}/both.${format}`]);
  const files = { open: async (key: string) => createReadStream(`${path}/${key}`) };
  await using sound = await recordedSound(files, toolRunner(), path).open(`both.${format}`, never);
  const pieces: Uint8Array[] = [];
  for await (const piece of sound.read(channel)) pieces.push(piece);
  const pcm = Buffer.concat(pieces);
  const samples = Int16Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(index * 2));
  expect(pieces.slice(0, -1).every(({ length }) => length === 3_200)).toBe(true);
  return hear(samples, undefined, sound.sampleRateHz).map(({ frequency }) => frequency);
}

test.each(["wav", "mp3", "ogg"])("%s: each side by itself, or all", async (format) => {
  expect(await heardIn(format, 2, "left")).toEqual([440]);
  expect(await heardIn(format, 2, "right")).toEqual([620]);
  expect(await heardIn(format, 2, "mixed")).toEqual([440, 620]);
  expect(await heardIn(format, 1, "mixed")).toEqual([440, 620]);
});

test("what is no sound is told", async () => {
  await using folder = await temporaryFolder();
  await writeFile(`${folder.path}/rubbish`, "no sound");
  const files = { open: async () => createReadStream(`${folder.path}/rubbish`) };
  const opened = recordedSound(files, toolRunner(), folder.path).open("rubbish", never);
  await expect(opened).rejects.toThrow("no audio");
  expect(await readdir(folder.path)).toEqual(["rubbish"]);
});
