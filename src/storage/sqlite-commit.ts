import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CompiledQuery } from "kysely";
import { StorageError } from "../ports/storage-error.ts";
import type { Statement } from "./statement.ts";

/** Transactions of compiled statements, each prepared once: without promises, and without a look at their text. */
export function committer(database: DatabaseSync): (statements: readonly Statement[]) => void {
  const [begin, commit] = [database.prepare("begin immediate"), database.prepare("commit")];
  const prepared = new Map<CompiledQuery, StatementSync>();

  function run({ query, values, missing }: Statement): void {
    const known = prepared.get(query);
    const statement = known ?? database.prepare(query.sql);
    if (!known) prepared.set(query, statement);
    const { changes } = statement.run(...values);
    if (missing !== undefined && changes === 0) throw new StorageError("unknown", missing);
  }

  return (statements) => {
    begin.run();
    try {
      for (const statement of statements) run(statement);
      commit.run();
    } catch (error) {
      // SQLite rolls back by itself when the disk is full.
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
  };
}
