import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Engine, Log } from "./engine.ts";
import { diagnosePostgres } from "./postgres-fault.ts";
import type { Tables } from "./tables.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** No statement of ours takes that long; a connection that died silently does. */
const QUERY_TIMEOUT_MS = 10_000;
const READERS = 8;
/** PostgreSQL's type number of bigint, which pg gives as text unless told otherwise. */
const INT8 = 20;

/** A PostgreSQL database: one connection writes, a pool of others reads. */
export function openPostgres(url: string, log: Log): Engine {
  const reader = connect(url, READERS, log);
  const writer = connect(url, 1, log);
  return {
    reader,
    writer,
    locksRows: true,
    counterType: "bigserial",
    diagnose: diagnosePostgres,
    // Kysely takes an advisory lock for migrations.
    exclusively: (work) => work(),
    async close() {
      await Promise.all([reader.destroy(), writer.destroy()]);
    },
  };
}

function connect(connectionString: string, max: number, log: Log): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString,
    max,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: "ringdown",
    types: {
      getTypeParser: (type, format) => (type === INT8 ? Number : pg.types.getTypeParser(type, format)),
    },
  });
  // An idle connection that is lost has no caller to tell; the next query gets a new one.
  pool.on("error", (error) => log.warn({ error: error.message }, "database connection lost"));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
