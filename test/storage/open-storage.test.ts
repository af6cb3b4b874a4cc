import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStorage } from "../../src/storage/open-storage.ts";

const log = { info() {}, warn() {}, error() {} };
const clock = { now: () => 0, sleepUntil: () => Promise.resolve() };
const open = (url: string) => openStorage(url, { log, clock });

test.each(["", "mysql://root:secret@localhost/x", "ringdown.db", "postgres:", "sqlite:", "postgres://a b:secret@/x"])(
  "'%s' is refused with what would do, and without its password",
  async (url) => {
    const refused = open(url);
    await expect(refused).rejects.toMatchObject({ name: "StorageError", fault: "unavailable" });
    await expect(refused).rejects.toThrow(/sqlite:PATH or postgres:\/\//);
    await expect(refused).rejects.not.toThrow(/secret/);
  },
);

test("a server that can't be reached is named, without its password", async () => {
  const refused = open("postgres://ringdown:secret@127.0.0.1:1/calls?password=secret");
  await expect(refused).rejects.toMatchObject({ name: "StorageError", fault: "unavailable" });
  await expect(refused).rejects.toThrow("postgres://ringdown@127.0.0.1:1/calls");
  await expect(refused).rejects.not.toThrow(/secret/);
});

test("a file that is no database, or can't be made, is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ringdown-storage-"));
  try {
    const file = join(folder, "notes.txt");
    await writeFile(file, "no database, but long enough to be read as the header of one".repeat(10));
    await expect(open(`sqlite:${file}`)).rejects.toMatchObject({ fault: "corrupt" });
    await expect(open(`sqlite:${file}/ringdown.db`)).rejects.toMatchObject({ fault: "unavailable" });
    await expect(open(`sqlite:${folder}`)).rejects.toThrow(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a database in memory works, for trying things out", async () => {
  const storage = await open("sqlite::memory:");
  expect(await storage.check()).toBeUndefined();
  expect(storage.defaultCustomerId).toMatch(/^[0-9a-f-]{36}$/);
  await storage.close();
});
