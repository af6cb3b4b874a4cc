import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { LRUCache } from "lru-cache";

/** Far more than the stores have; a bound for statements whose text depends on how much is written at once. */
const KEPT_STATEMENTS = 500;

/** What Kysely needs of a database, with each statement prepared once. */
export function sqliteStatements(database: DatabaseSync): SqliteDatabase {
  const prepared = new LRUCache<string, SqliteStatement>({ max: KEPT_STATEMENTS });
  return {
    close: () => database.close(),
    prepare(text) {
      if (text === "rollback") return rollback(database);
      const known = prepared.get(text);
      if (known) return known;
      const statement = prepare(database, text);
      prepared.set(text, statement);
      return statement;
    },
  };
}

function prepare(database: DatabaseSync, text: string): SqliteStatement {
  // A transaction that starts by reading can't wait for a writer later, so each takes its place at once.
  const statement = database.prepare(text === "begin" ? "begin immediate" : text);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(bindable)),
    run: (parameters) => statement.run(...parameters.map(bindable)),
    iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
  };
}

/** SQLite rolls back by itself when the disk is full; a second rollback would hide that error behind its own. */
const rollback = (database: DatabaseSync): SqliteStatement => ({
  reader: false,
  all: () => [],
  iterate: () => [].values(),
  run() {
    if (database.isTransaction) database.exec("rollback");
    return { changes: 0, lastInsertRowid: 0 };
  },
});

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError(`not a value for the database: ${typeof value}`);
}
