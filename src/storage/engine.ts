import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { StorageFault } from "../ports/storage-error.ts";
import type { MigrationFacts } from "./migrations/facts.ts";
import type { Statement } from "./statement.ts";
import type { Tables } from "./tables.ts";

export type Log = Pick<Logger, "info" | "warn" | "error">;

/** What a database error means. */
export type Diagnosis = {
  readonly fault: StorageFault;
  /** Nothing was stored, and the same may well succeed in a moment: another process was in the way. */
  readonly passing: boolean;
};

/** What differs between the databases; everything else is written once. */
export type Engine = {
  readonly reader: Kysely<Tables>;
  /** Has one connection, so that what is written through it happens in order. */
  readonly writer: Kysely<Tables>;
  /** Whether a row that is read to be changed must be locked; where writers exclude each other, it is already. */
  readonly locksRows: boolean;
  readonly counterType: MigrationFacts["counterType"];
  /** Executes statements in one transaction before it returns: only where the database is in this very process. */
  readonly commitNow?: (statements: readonly Statement[]) => void;
  diagnose(error: unknown): Diagnosis;
  /** Runs alone, whatever other processes do meanwhile. */
  exclusively(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
};
