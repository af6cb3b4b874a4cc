import type { StorageFault } from "../ports/storage-error.ts";
import type { Diagnosis } from "./engine.ts";

/** SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html), and codes of Node's sockets. */
const FAULTS: Readonly<Record<string, StorageFault>> = {
  "23505": "conflict",
  "25006": "read_only",
  "53100": "full",
  XX001: "corrupt",
  XX002: "corrupt",
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EHOSTUNREACH: "unavailable",
  ENETUNREACH: "unavailable",
  ENOENT: "unavailable",
  ENOTFOUND: "unavailable",
  EAI_AGAIN: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
};

/** Classes of SQLSTATEs by their first two characters: connection, authorization, no such database, resources … */
const FAULTS_BY_CLASS: Readonly<Record<string, StorageFault>> = {
  "08": "unavailable",
  "28": "unavailable",
  "3D": "unavailable",
  "40": "unavailable",
  "53": "unavailable",
  "57": "unavailable",
  "58": "unavailable",
};

/** Serialization failure, deadlock, lock not available: rolled back for the sake of another transaction. */
const PASSING: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);

/** What an error of PostgreSQL, of its driver or of the network means. */
export function diagnosePostgres(error: unknown): Diagnosis {
  if (!(error instanceof Error)) return { fault: "unknown", passing: false };
  // Several addresses were tried; the last error is as good as any.
  if (error instanceof AggregateError) return diagnosePostgres(error.errors.at(-1));
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return { fault: isLostConnection(error) ? "unavailable" : "unknown", passing: false };
  const fault = FAULTS[code] ?? FAULTS_BY_CLASS[code.slice(0, 2)] ?? "unknown";
  return { fault: PASSING.has(code) ? "unavailable" : fault, passing: PASSING.has(code) };
}

/** pg gives these no code: a timeout, or a connection that ended while it was in use. */
const isLostConnection = (error: Error): boolean => /connection|timeout/i.test(error.message);
