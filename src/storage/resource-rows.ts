import type { Kysely } from "kysely";
import type { Filter, Page, PageRequest, Resource } from "../ports/resource-store.ts";
import { pageOf, placeOf } from "./paging.ts";
import { fromRow, type ResourceKind, toColumn, toRow } from "./resource-kind.ts";
import type { ResourceRow, ResourceTables, Tables } from "./tables.ts";

/** The statements of resources, to be used alone or together with others in one transaction. */

/** All of a resource, and its place in lists. */
const STORED = ["id", "tm_create", "document"] as const;
type StoredResource = Pick<ResourceRow, (typeof STORED)[number]>;

export async function insertResource<T extends Resource>(
  database: Kysely<Tables>,
  kind: ResourceKind<T>,
  resource: T,
): Promise<void> {
  await resources(database).insertInto(kind.table).values(toRow(kind, resource)).execute();
}

/** Who may see a resource: its customer, or anyone when none is named; `locked` until the end of the transaction. */
export type Access = { readonly id: string; readonly customerId?: string | undefined; readonly locked?: boolean };

export async function findResource<T extends Resource>(
  database: Kysely<Tables>,
  kind: ResourceKind<T>,
  { id, customerId, locked = false }: Access,
): Promise<T | undefined> {
  const row = await resources(database)
    .selectFrom(kind.table)
    .select(STORED)
    .where("id", "=", id)
    .$if(customerId !== undefined, (query) => query.where("customer_id", "=", customerId ?? ""))
    .$if(locked, (query) => query.forUpdate())
    .executeTakeFirst();
  return row && fromRow(kind, row);
}

/** The resource as it is after the change; undefined when there is none. */
export async function changeResource<T extends Resource>(
  database: Kysely<Tables>,
  kind: ResourceKind<T>,
  access: Access,
  changes: Partial<T>,
): Promise<T | undefined> {
  const found = await findResource(database, kind, access);
  if (!found) return undefined;
  const { id, customer_id, tm_create } = found;
  const changed = { ...found, ...withoutUndefined(changes), id, customer_id, tm_create };
  await resources(database).updateTable(kind.table).set(toRow(kind, changed)).where("id", "=", id).execute();
  return changed;
}

export async function removeResource(database: Kysely<Tables>, table: string, access: Access): Promise<boolean> {
  const { id, customerId } = access;
  const { numDeletedRows } = await resources(database)
    .deleteFrom(table)
    .where("id", "=", id)
    .$if(customerId !== undefined, (query) => query.where("customer_id", "=", customerId ?? ""))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** @throws PageTokenError */
export async function listResources<T extends Resource>(
  database: Kysely<Tables>,
  kind: ResourceKind<T>,
  customerId: string,
  page: PageRequest,
  filter: Filter<T> = {},
): Promise<Page<T>> {
  let query = resources(database).selectFrom(kind.table).select(STORED).where("customer_id", "=", customerId);
  for (const [name, value] of Object.entries(withoutUndefined(filter))) {
    if (!kind.columns.some((column) => column === name))
      throw new TypeError(`${kind.table} can't be filtered by ${name}`);
    const wanted = toColumn(value);
    query = wanted === null ? query.where(name, "is", null) : query.where(name, "=", wanted);
  }
  const place = placeOf(page);
  if (place) query = query.where((is) => is(is.refTuple("tm_create", "id"), "<", is.tuple(place.tm_create, place.id)));
  const rows = await query
    .orderBy("tm_create", "desc")
    .orderBy("id", "desc")
    .limit(page.pageSize + 1)
    .execute();
  return pageOf(rows, page, (row) => fromRow(kind, row));
}

/** Rows whose column holds one of these values, oldest first. */
export function rowsWhere(
  database: Kysely<Tables>,
  table: string,
  column: string,
  values: readonly string[],
): Promise<StoredResource[]> {
  return resources(database)
    .selectFrom(table)
    .select(STORED)
    .where(column, "in", [...values])
    .orderBy("tm_create")
    .orderBy("id")
    .execute();
}

/** Some of the rows with these values that were created before that time, oldest first, whoever owns them. */
export async function rowsBefore(
  database: Kysely<Tables>,
  table: string,
  values: Readonly<Record<string, string>>,
  time: string,
  most: number,
): Promise<StoredResource[]> {
  let query = resources(database).selectFrom(table).select(STORED).where("tm_create", "<", time);
  for (const [column, value] of Object.entries(values)) query = query.where(column, "=", value);
  return query.orderBy("tm_create").orderBy("id").limit(most).execute();
}

/** Every row, oldest first. */
export const allRows = (database: Kysely<Tables>, table: string): Promise<StoredResource[]> =>
  resources(database).selectFrom(table).select(STORED).orderBy("tm_create").orderBy("id").execute();

/** What a customer has, by id; `locked` until the end of the transaction. */
export async function idsOfCustomer(
  database: Kysely<Tables>,
  table: string,
  customerId: string,
  locked: boolean,
): Promise<readonly string[]> {
  const rows = await resources(database)
    .selectFrom(table)
    .select("id")
    .where("customer_id", "=", customerId)
    .$if(locked, (query) => query.forUpdate())
    .execute();
  return rows.map(({ id }) => id);
}

/** Removes what a customer created before that time. */
export async function removeOlder(
  database: Kysely<Tables>,
  table: string,
  customerId: string,
  before: string,
): Promise<void> {
  await resources(database)
    .deleteFrom(table)
    .where("customer_id", "=", customerId)
    .where("tm_create", "<", before)
    .execute();
}

/** The same database, seen as tables of resources. */
const resources = (database: Kysely<Tables>): Kysely<ResourceTables> => database.$extendTables<ResourceTables>();

const withoutUndefined = <T extends object>(object: T): Partial<T> =>
  // What is left of an object is part of it; `Object.fromEntries` can't say so.
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
