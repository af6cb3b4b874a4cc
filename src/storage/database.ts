import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { PageTokenError } from "../ports/resource-store.ts";
import type { StorageError } from "../ports/storage-error.ts";
import type { Engine, Log } from "./engine.ts";
import { groupCommit, patiently, type Urgency, type Write } from "./group-commit.ts";
import { createStatements, type Statement, type Statements } from "./statement.ts";
import type { Tables } from "./tables.ts";
import { toStorageError } from "./to-storage-error.ts";

/** What the stores are made of. Both ways reject with a StorageError. */
export type Database = {
  readonly log: Log;
  /** Whether a row that is read to be changed must be locked. */
  readonly locksRows: boolean;
  read<T>(query: (database: Kysely<Tables>) => Promise<T>): Promise<T>;
  write<T>(write: Write<T>): Promise<T>;
  readonly statements: Statements;
  /** Writes by statements alone, which is cheapest. */
  execute(make: (statements: Statements) => readonly Statement[], urgency?: Urgency): Promise<void>;
  check(): Promise<StorageError | undefined>;
  close(): Promise<void>;
};

export function createDatabase(engine: Engine, log: Log): Database {
  const commits = groupCommit(engine);
  const statements = createStatements(engine);
  return {
    log,
    locksRows: engine.locksRows,
    async read(query) {
      await commits.settled();
      try {
        return await patiently(engine, () => query(engine.reader));
      } catch (error) {
        if (error instanceof PageTokenError) throw error;
        throw toStorageError(engine, error);
      }
    },
    write: commits.write,
    statements,
    execute: (make, urgency) => commits.execute(() => make(statements), urgency),
    async check() {
      try {
        await commits.write(writePadding);
        await commits.write(removePadding);
        return undefined;
      } catch (error) {
        return toStorageError(engine, error);
      }
    },
    async close() {
      await commits.close();
      await engine.close();
    },
  };
}

/** More than most writes need, so that they work while this does; random, because PostgreSQL compresses. */
const PADDING = randomBytes(48 * 1024).toString("base64");
const PADDING_ID = "padding";

async function writePadding(transaction: Kysely<Tables>): Promise<void> {
  await transaction
    .insertInto("storage_checks")
    .values({ id: PADDING_ID, padding: PADDING })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

async function removePadding(transaction: Kysely<Tables>): Promise<void> {
  await transaction.deleteFrom("storage_checks").where("id", "=", PADDING_ID).execute();
}
