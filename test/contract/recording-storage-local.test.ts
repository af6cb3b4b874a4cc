import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { openRecordings } from "../../src/storage/recordings/open-recordings.ts";
import { fileOf, recordingStorageSuite } from "./recording-storage-suite.ts";
import { smallDisk } from "./storage-small-disk.ts";

const folder = await mkdtemp(join(tmpdir(), "ringdown-recordings-"));
afterAll(() => rm(folder, { recursive: true }));
const never = new AbortController().signal;
const inFolder = (place: string) => openRecordings({ folder: place, s3PathStyle: false });

recordingStorageSuite("a folder", () => inFolder(folder));

test("on a full disk nothing is kept, and the next try succeeds when there is room", async () => {
  const place = join(smallDisk.folder, "recordings");
  const { put, open, remove } = inFolder(place);
  const bytes = randomBytes(500_000);
  const path = await fileOf(bytes);
  await put("a/before.wav", await fileOf(Buffer.from("before")), never);
  const makeRoom = await smallDisk.fill();
  await expect(put("a/full.wav", path, never)).rejects.toMatchObject({ fault: "full" });
  await expect(open("a/full.wav")).rejects.toMatchObject({ fault: "missing" });
  expect((await buffer(await open("a/before.wav"))).toString()).toBe("before");
  await makeRoom();
  await put("a/full.wav", path, never);
  expect(await buffer(await open("a/full.wav"))).toEqual(bytes);
  expect(await readdir(join(place, "a"))).toEqual(["before.wav", "full.wav"]);
  for (const key of ["a/before.wav", "a/full.wav"]) await remove(key);
});
