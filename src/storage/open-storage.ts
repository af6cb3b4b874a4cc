import type { Storage } from "../ports/storage.ts";
import { StorageError } from "../ports/storage-error.ts";
import { createStorage, type StorageServices } from "./create-storage.ts";
import type { Engine, Log } from "./engine.ts";
import { patiently } from "./group-commit.ts";
import { openPostgres } from "./postgres.ts";
import { diagnosePostgres } from "./postgres-fault.ts";
import { openSqlite } from "./sqlite.ts";
import { diagnoseSqlite } from "./sqlite-fault.ts";
import { toStorageError } from "./to-storage-error.ts";

/** The stores in the database that the URL names, its tables brought up to date. @throws StorageError */
export async function openStorage(databaseUrl: string, services: StorageServices): Promise<Storage> {
  const { diagnose, open } = kindOf(databaseUrl, services.log);
  try {
    const engine = await patiently({ diagnose }, open);
    return await createStorage(engine, services);
  } catch (error) {
    const { fault, message } = toStorageError({ diagnose }, error);
    throw new StorageError(fault, `can't open the database ${withoutPassword(databaseUrl)}: ${message}`, {
      cause: error,
    });
  }
}

/** How to open a URL, and how to read the errors of doing so. */
function kindOf(databaseUrl: string, log: Log): { open: () => Engine; diagnose: Engine["diagnose"] } {
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(databaseUrl)?.[1];
  if (path !== undefined) return { open: () => openSqlite(path), diagnose: diagnoseSqlite };
  if (/^postgres(ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)) {
    return { open: () => openPostgres(databaseUrl, log), diagnose: diagnosePostgres };
  }
  const scheme = databaseUrl.split(":", 1)[0];
  throw new StorageError(
    "unavailable",
    `"${scheme}:…" names no database: use sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE`,
  );
}

/** A URL that may be shown: passwords stand before the host, or in the query. */
function withoutPassword(databaseUrl: string): string {
  if (databaseUrl.startsWith("sqlite:")) return databaseUrl;
  const { protocol, username, host, pathname } = new URL(databaseUrl);
  return `${protocol}//${username}@${host}${pathname}`;
}
