import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/storage/engine.ts";
import { openPostgres } from "../../src/storage/postgres.ts";
import { opener, services } from "./storage-opened.ts";
import { startPostgres, type TestPostgres } from "./storage-postgres-server.ts";
import { sampleFlow } from "./storage-samples.ts";
import { type BreakWriting, type StorageHarness, storageSuite } from "./storage-suite.ts";

let postgres: TestPostgres;
let databases = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

const readOnly: BreakWriting = async (engine) => {
  await sql`set default_transaction_read_only = on`.execute(engine.writer);
  return async () => {
    await sql`set default_transaction_read_only = off`.execute(engine.writer);
  };
};

/** A disk can't be filled here, so a trigger refuses with the code that PostgreSQL gives then. */
const full: BreakWriting = async (engine) => {
  await sql`create or replace function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`.execute(engine.writer);
  const tables = ["activeflows", "timeline", "storage_checks"];
  for (const table of tables) {
    await sql`create trigger refuse before insert or update on ${sql.table(table)}
      for each row execute function refuse()`.execute(engine.writer);
  }
  return async () => {
    for (const table of tables) await sql`drop trigger refuse on ${sql.table(table)}`.execute(engine.writer);
  };
};

const harness: StorageHarness = {
  async emptyDatabase() {
    const name = `storage_${++databases}`;
    const client = new pg.Client({ connectionString: postgres.url("postgres") });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return postgres.url(name);
  },
  openEngine: (url): Engine => openPostgres(url, services.log),
  breakWriting: { full, read_only: readOnly },
};

storageSuite(harness);

describe("a server that goes away", () => {
  const { open } = opener(harness);

  test("is reported, and what is asked for after it is back works", async () => {
    const storage = await open();
    const flow = sampleFlow();
    await storage.flows.create(flow);
    await postgres.stop();
    await expect(storage.flows.create(sampleFlow())).rejects.toMatchObject({ fault: "unavailable" });
    await expect(storage.flows.get(flow.id)).rejects.toMatchObject({ fault: "unavailable" });
    expect(await storage.check()).toMatchObject({ fault: "unavailable" });
    await postgres.start();
    expect(await storage.check()).toBeUndefined();
    expect(await storage.flows.get(flow.id)).toEqual(flow);
  });
});
