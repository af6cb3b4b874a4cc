import { expect, test } from "vitest";
import { type GrowingSound, growingSound } from "../../src/providers/synthesis/growing-sound.ts";

const part = (sound: number) => Uint8Array.of(sound);
async function hear(sound: GrowingSound): Promise<readonly number[]> {
  const heard: number[] = [];
  for await (const [first = 0] of sound) heard.push(first);
  return heard;
}

test("everybody hears all of it, whenever they come", async () => {
  const sound = growingSound();
  const early = hear(sound);
  sound.add(part(1));
  const later = hear(sound);
  sound.add(part(2));
  sound.end();
  expect(await Promise.all([early, later, hear(sound)])).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(await sound.hasBegun).toBe(true);
});

test("one that fails says so to all who listen, after what there was", async () => {
  const sound = growingSound();
  const heard: number[] = [];
  const listening = (async () => {
    for await (const [first = 0] of sound) heard.push(first);
  })();
  sound.add(part(1));
  sound.fail(new Error("broke off"));
  await expect(listening).rejects.toThrow("broke off");
  expect(heard).toEqual([1]);
});

test("one that ends without any has not begun", async () => {
  const [silent, failed] = [growingSound(), growingSound()];
  silent.end();
  failed.fail(new Error("no"));
  expect(await Promise.all([silent.hasBegun, failed.hasBegun])).toEqual([false, false]);
});
