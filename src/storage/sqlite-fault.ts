import type { StorageFault } from "../ports/storage-error.ts";
import type { Diagnosis } from "./engine.ts";

/** Result codes of SQLite (https://www.sqlite.org/rescode.html), by name. */
const Code = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
  /** The shared index of the log could not grow: there is no room for it. */
  IOERR_SHMSIZE: 4874,
  CONSTRAINT_PRIMARYKEY: 1555,
  CONSTRAINT_UNIQUE: 2067,
} as const;

/** Extended codes first, then the primary code in the low byte. */
const FAULTS: Readonly<Record<number, StorageFault>> = {
  [Code.IOERR_SHMSIZE]: "full",
  [Code.CONSTRAINT_PRIMARYKEY]: "conflict",
  [Code.CONSTRAINT_UNIQUE]: "conflict",
  [Code.FULL]: "full",
  [Code.READONLY]: "read_only",
  [Code.BUSY]: "unavailable",
  [Code.LOCKED]: "unavailable",
  [Code.IOERR]: "unavailable",
  [Code.CANTOPEN]: "unavailable",
  [Code.CORRUPT]: "corrupt",
  [Code.NOTADB]: "corrupt",
};

/** What an error of SQLite, or of the file system below it, means. */
export function diagnoseSqlite(error: unknown): Diagnosis {
  const code = resultCode(error);
  if (code === undefined) return { fault: FILE_FAULTS[fileCode(error) ?? ""] ?? "unknown", passing: false };
  const primary = code & 0xff;
  return { fault: FAULTS[code] ?? FAULTS[primary] ?? "unknown", passing: primary === Code.BUSY };
}

/** Faults of making the database's folder. */
const FILE_FAULTS: Readonly<Record<string, StorageFault>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read_only",
  EACCES: "unavailable",
  EEXIST: "unavailable",
  ENOTDIR: "unavailable",
  EIO: "unavailable",
};

const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;

const fileCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
