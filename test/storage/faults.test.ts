import { expect, test } from "vitest";
import { diagnosePostgres } from "../../src/storage/postgres-fault.ts";
import { diagnoseSqlite } from "../../src/storage/sqlite-fault.ts";

const SQLITE_IOERR_WRITE = 778;
const SQLITE_READONLY_DBMOVED = 1032;
const SQLITE_BUSY_SNAPSHOT = 517;
const SQLITE_CONSTRAINT_NOTNULL = 1299;

test.each([
  [13, "full", false],
  [8, "read_only", false],
  [SQLITE_READONLY_DBMOVED, "read_only", false],
  [SQLITE_IOERR_WRITE, "unavailable", false],
  [5, "unavailable", true],
  [SQLITE_BUSY_SNAPSHOT, "unavailable", true],
  [11, "corrupt", false],
  [2067, "conflict", false],
  [SQLITE_CONSTRAINT_NOTNULL, "unknown", false],
  [1, "unknown", false],
])("SQLite's result %d means %s", (errcode, fault, passing) => {
  expect(diagnoseSqlite(Object.assign(new Error("full of misleading words"), { errcode }))).toEqual({ fault, passing });
});

test.each([
  ["53100", "full", false],
  ["53300", "unavailable", false],
  ["25006", "read_only", false],
  ["57P01", "unavailable", false],
  ["08006", "unavailable", false],
  ["23505", "conflict", false],
  ["28P01", "unavailable", false],
  ["40P01", "unavailable", true],
  ["XX001", "corrupt", false],
  ["ECONNREFUSED", "unavailable", false],
  ["42P01", "unknown", false],
])("PostgreSQL's %s means %s", (code, fault, passing) => {
  expect(diagnosePostgres(Object.assign(new Error("connection full"), { code }))).toEqual({ fault, passing });
});

test("what the drivers give no code is judged by what it is", () => {
  expect(diagnosePostgres(new Error("Connection terminated unexpectedly")).fault).toBe("unavailable");
  expect(diagnosePostgres(new AggregateError([Object.assign(new Error(), { code: "ECONNREFUSED" })])).fault).toBe(
    "unavailable",
  );
  expect(diagnosePostgres(new TypeError("x is not a function")).fault).toBe("unknown");
  expect(diagnoseSqlite("thrown text").fault).toBe("unknown");
  expect(diagnoseSqlite(Object.assign(new Error(), { code: "EROFS" })).fault).toBe("read_only");
});
