import { StorageError } from "../ports/storage-error.ts";
import type { Log } from "./engine.ts";

/** The rows that can be read; damaged ones are reported, so that one of them does not stop all others from going on. */
export function soundRows<Row extends { readonly id: string }, T>(
  log: Log,
  rows: readonly Row[],
  read: (row: Row) => T,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      log.error({ id: row.id, error }, "stored row left out");
      return [];
    }
  });
}
