import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RecordingStorage } from "../../src/ports/recording-storage.ts";

const never = new AbortController().signal;

/** A file of these bytes, gone after the test. */
export async function fileOf(bytes: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ringdown-recording-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return path;
}

/** What every place for recordings must do. */
export function recordingStorageSuite(name: string, storage: () => RecordingStorage): void {
  describe(name, () => {
    test("gives back what was put, whole and in parts", async () => {
      const bytes = randomBytes(300_000);
      const { put, open } = storage();
      await put("customer/one.wav", await fileOf(bytes), never);
      expect(await buffer(await open("customer/one.wav"))).toEqual(bytes);
      for (const [first, last] of [
        [0, 0],
        [5, 99],
        [299_990, 299_999],
      ] as const) {
        expect(await buffer(await open("customer/one.wav", { range: { first, last } }))).toEqual(
          bytes.subarray(first, last + 1),
        );
      }
    });

    test("a second put replaces the first", async () => {
      const { put, open } = storage();
      await put("customer/two.mp3", await fileOf(Buffer.from("a longer first")), never);
      await put("customer/two.mp3", await fileOf(Buffer.from("second")), never);
      expect((await buffer(await open("customer/two.mp3"))).toString()).toBe("second");
    });

    test("what was removed is missing, as what never was; both may be removed again", async () => {
      const { put, open, remove } = storage();
      await put("customer/three.ogg", await fileOf(Buffer.from("three")), never);
      for (const key of ["customer/three.ogg", "customer/never.ogg"]) {
        await remove(key);
        await remove(key);
        await expect(open(key)).rejects.toMatchObject({ fault: "missing" });
      }
    });

    test("a put that is given up rejects with the signal's reason", async () => {
      const reason = new Error("given up");
      const path = await fileOf(randomBytes(1_000));
      await expect(storage().put("customer/four.wav", path, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test("a reader that leaves in the middle does no harm", async () => {
      const bytes = randomBytes(2_000_000);
      const { put, open } = storage();
      await put("customer/five.wav", await fileOf(bytes), never);
      const left = await open("customer/five.wav");
      await new Promise((resolve) => left.once("readable", resolve));
      left.destroy();
      expect((await buffer(await open("customer/five.wav"))).length).toBe(bytes.length);
    });
  });
}
