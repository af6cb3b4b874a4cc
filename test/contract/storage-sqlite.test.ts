import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/storage/engine.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { opener } from "./storage-opened.ts";
import { sampleFlow } from "./storage-samples.ts";
import { smallDisk } from "./storage-small-disk.ts";
import { type BreakWriting, type StorageHarness, storageSuite } from "./storage-suite.ts";

let folder = "";
let databases = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ringdown-storage-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** More than any test needs. */
const ROOM_PAGES = 1_000_000_000;

const limitPages = (engine: Engine, pages: number) =>
  sql.raw(`pragma max_page_count = ${pages}`).execute(engine.writer);

const full: BreakWriting = async (engine) => {
  // SQLite keeps the limit at the present size when asked for less.
  await limitPages(engine, 1);
  return async () => {
    await limitPages(engine, ROOM_PAGES);
  };
};

const readOnly: BreakWriting = async (engine) => {
  await sql`pragma query_only = on`.execute(engine.writer);
  return async () => {
    await sql`pragma query_only = off`.execute(engine.writer);
  };
};

const harness: StorageHarness = {
  emptyDatabase: async () => `sqlite:${join(folder, `new-folder-${++databases}`, "ringdown.db")}`,
  openEngine: (url) => openSqlite(url.slice("sqlite:".length)),
  breakWriting: { full, read_only: readOnly },
};

storageSuite(harness);

describe("a disk that is full", () => {
  const { open } = opener(harness);

  test("is reported, and nothing has to be restarted when it has room again", async () => {
    const storage = await open(`sqlite:${smallDisk.folder}/ringdown.db`);
    const makeRoom = await smallDisk.fill();
    const flow = sampleFlow({ detail: "x".repeat(200_000) });
    await expect(storage.flows.create(flow)).rejects.toMatchObject({ fault: "full" });
    expect(await storage.check()).toMatchObject({ fault: "full" });
    await makeRoom();
    expect(await storage.check()).toBeUndefined();
    await storage.flows.create(flow);
    expect(await storage.flows.get(flow.id)).toEqual(flow);
    await storage.close();
  });
});
