import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll } from "vitest";
import type { Engine } from "../../src/storage/engine.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { type BreakWriting, storageSuite } from "./storage-suite.ts";

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

storageSuite({
  emptyDatabase: async () => `sqlite:${join(folder, `new-folder-${++databases}`, "ringdown.db")}`,
  openEngine: (url) => openSqlite(url.slice("sqlite:".length)),
  breakWriting: { full, read_only: readOnly },
});
