import type { z } from "zod";
import type { Resource } from "../ports/resource-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { ResourceRow } from "./tables.ts";

/** How resources of one kind are kept. */
export type ResourceKind<T extends Resource> = {
  readonly table: string;
  readonly schema: z.ZodType<T>;
  /** Fields that have a column, because lists are filtered by them or because they are unique. */
  readonly columns: readonly (keyof T & string)[];
};

export function toRow<T extends Resource>({ columns }: ResourceKind<T>, resource: T): ResourceRow {
  const { id, customer_id, tm_create, tm_update } = resource;
  const copies = Object.fromEntries(columns.map((name) => [name, toColumn(resource[name])]));
  return { ...copies, id, customer_id, tm_create, tm_update, document: JSON.stringify(resource) };
}

/** @throws StorageError `corrupt` */
export function fromRow<T extends Resource>(
  { table, schema }: ResourceKind<T>,
  row: Pick<ResourceRow, "id" | "document">,
): T {
  return readJson(schema, row.document, `${table} ${row.id}`);
}

/** A value as a column holds it. */
export function toColumn(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  throw new TypeError("only text, numbers and booleans can have a column");
}

/** JSON of a column as what it must be. @throws StorageError `corrupt` */
export const readJson = <T>(schema: z.ZodType<T>, json: string, what: string): T =>
  readValue(schema, parse(json, what), what);

/** @throws StorageError `corrupt` */
export function readValue<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StorageError("corrupt", `${what} is damaged`, { cause: parsed.error });
}

function parse(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new StorageError("corrupt", `${what} is damaged`, { cause });
  }
}
