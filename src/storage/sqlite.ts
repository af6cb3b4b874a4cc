import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, SqliteDialect, sql } from "kysely";
import type { Engine } from "./engine.ts";
import { committer } from "./sqlite-commit.ts";
import { diagnoseSqlite } from "./sqlite-fault.ts";
import { sqliteStatements } from "./sqlite-statements.ts";
import type { Tables } from "./tables.ts";

/** How long SQLite itself waits for another process; short, because the event loop stands still meanwhile. */
const BUSY_TIMEOUT_MS = 20;

/** Room for all pages of a large batch and for those that every batch touches; negative: KiB. */
const CACHE_SIZE = -32_768;

/** The log is copied into the database after this many pages (16 MiB): fewer pauses than SQLite's own 1,000. */
const CHECKPOINT_PAGES = 4_000;

/**
 * An SQLite database in a file, or `:memory:`. What was committed survives a killed process; a power failure may take
 * the last moments with it, never more (WAL with synchronous NORMAL).
 */
export function openSqlite(path: string): Engine {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = normal");
    database.exec(`pragma cache_size = ${CACHE_SIZE}`);
    database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  } catch (error) {
    database.close();
    throw error;
  }
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqliteStatements(database) }) });
  return {
    reader: kysely,
    writer: kysely,
    locksRows: false,
    counterType: "integer",
    commitNow: committer(database),
    diagnose: diagnoseSqlite,
    async exclusively(work) {
      await sql`begin`.execute(kysely);
      try {
        await work();
      } catch (error) {
        await sql`rollback`.execute(kysely);
        throw error;
      }
      await sql`commit`.execute(kysely);
    },
    async close() {
      await kysely.destroy();
      // Kysely closes only what it has used.
      if (database.isOpen) database.close();
    },
  };
}
