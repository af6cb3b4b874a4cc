import { DatabaseSync } from "node:sqlite";
import { CompiledQuery, Kysely, SqliteDialect } from "kysely";
import { expect, test } from "vitest";
import { StorageError } from "../../src/ports/storage-error.ts";
import { groupCommit, type Write } from "../../src/storage/group-commit.ts";
import { diagnoseSqlite } from "../../src/storage/sqlite-fault.ts";
import { sqliteStatements } from "../../src/storage/sqlite-statements.ts";
import type { Tables } from "../../src/storage/tables.ts";

/** Commits to a table in memory; tells which transactions there were. */
function openCommits(diagnose = diagnoseSqlite) {
  const database = new DatabaseSync(":memory:");
  database.exec("create table customers (id text primary key, name text, tm_create text, tm_update text)");
  const transactions: string[] = [];
  const writer = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqliteStatements(database) }),
    log: ({ query }) => void (/^(begin|commit|rollback)$/.test(query.sql) && transactions.push(query.sql)),
  });
  const stored = () =>
    database
      .prepare("select id from customers order by rowid")
      .all()
      .map(({ id }) => id);
  return { ...groupCommit({ writer, diagnose }), transactions, stored };
}

const insert =
  (id: string): Write<string> =>
  async (transaction) => {
    await transaction.insertInto("customers").values({ id, name: "", tm_create: "", tm_update: "" }).execute();
    return id;
  };

const fail =
  (error: Error): Write<never> =>
  () =>
    Promise.reject(error);

test("writes of one turn share one transaction, and each has its own result", async () => {
  const { write, transactions, stored } = openCommits();
  expect(await Promise.all(["a", "b", "c"].map((id) => write(insert(id))))).toEqual(["a", "b", "c"]);
  expect(transactions).toEqual(["begin", "commit"]);
  expect(stored()).toEqual(["a", "b", "c"]);
});

test("a write that may wait goes with the next that may not, or by itself", async () => {
  const { write, execute, transactions, stored } = openCommits();
  const statement = (id: string) => [
    { query: CompiledQuery.raw("insert into customers values (?, '', '', '')"), values: [id] },
  ];
  const waits = execute(() => statement("a"), "mayWait");
  await new Promise(setImmediate);
  expect(transactions).toEqual([]);
  await Promise.all([write(insert("b")), waits]);
  expect(transactions).toEqual(["begin", "commit"]);
  await execute(() => statement("c"), "mayWait");
  expect(stored()).toEqual(["a", "b", "c"]);
});

test("nobody is told before the commit", async () => {
  const { write, transactions } = openCommits();
  const seen = await Promise.all(["a", "b"].map((id) => write(insert(id)).then(() => transactions.at(-1))));
  expect(seen).toEqual(["commit", "commit"]);
});

test("a bad write fails alone, and the others keep their order", async () => {
  const { write, stored } = openCommits();
  const outcomes = await Promise.allSettled(["a", "b", "a", "c"].map((id) => write(insert(id))));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[2]).toMatchObject({ reason: { name: "StorageError", fault: "conflict" } });
  expect(stored()).toEqual(["a", "b", "c"]);
});

test("a batch is not tried again when the database is away: it may have been committed", async () => {
  const { write, transactions } = openCommits();
  const away = new StorageError("unavailable", "gone");
  const outcomes = await Promise.allSettled([write(insert("a")), write(fail(away)), write(insert("b"))]);
  expect(outcomes.every((outcome) => outcome.status === "rejected" && outcome.reason === away)).toBe(true);
  expect(transactions).toEqual(["begin", "rollback"]);
});

test("a transaction that stood in another's way is tried again", async () => {
  const busy = new Error("busy");
  const { write, stored } = openCommits((error) => ({ fault: "unknown", passing: error === busy }));
  let attempts = 0;
  const twiceBusy: Write<number> = async () => {
    attempts += 1;
    if (attempts < 3) throw busy;
    return attempts;
  };
  expect(await Promise.all([write(insert("a")), write(twiceBusy)])).toEqual(["a", 3]);
  expect(stored()).toEqual(["a"]);
});

test("a large crowd is split, so that no transaction is long", async () => {
  const { write, transactions, stored } = openCommits();
  await Promise.all(Array.from({ length: 450 }, (_, n) => write(insert(String(n)))));
  expect(transactions.filter((statement) => statement === "commit")).toHaveLength(3);
  expect(stored()).toHaveLength(450);
});

test("closing waits for what was asked for, and refuses the rest", async () => {
  const { write, close, stored } = openCommits();
  const written = write(insert("a"));
  await close();
  await expect(written).resolves.toBe("a");
  await expect(write(insert("b"))).rejects.toMatchObject({ fault: "unavailable" });
  expect(stored()).toEqual(["a"]);
});
