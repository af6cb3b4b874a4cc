import type { Clock } from "../ports/clock.ts";
import type { Resource, ResourceStore } from "../ports/resource-store.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { allRows, rowsWhere } from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";
import { soundRows } from "./sound-rows.ts";

/** A store whose resources are looked at all together too: those that are damaged are left out, and logged. */
export function listedStore<T extends Resource>(
  database: Database,
  clock: Clock,
  kind: ResourceKind<T>,
): ResourceStore<T> & {
  ofCustomer(customerId: string): Promise<readonly T[]>;
  all(): Promise<readonly T[]>;
} {
  const sound = (rows: Awaited<ReturnType<typeof allRows>>) =>
    soundRows(database.log, rows, (row) => fromRow(kind, row));
  return {
    ...resourceStore(database, clock, kind),
    ofCustomer: async (customerId) =>
      sound(await database.read((reader) => rowsWhere(reader, kind.table, "customer_id", [customerId]))),
    all: async () => sound(await database.read((reader) => allRows(reader, kind.table))),
  };
}
