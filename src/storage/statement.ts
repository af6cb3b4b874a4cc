/**
 * Statements of the hot path. Their text follows from names alone, so it is made once for each set of names; after
 * that, a write costs what its values cost.
 */
import type { CompiledQuery, Kysely } from "kysely";
import { StorageError } from "../ports/storage-error.ts";
import type { Engine } from "./engine.ts";
import type { ResourceRow, ResourceTables, Tables } from "./tables.ts";

export type Value = string | number | null;

/** A compiled statement and its values; when it changes no row, `missing` says what is wrong with that. */
export type Statement = {
  readonly query: CompiledQuery;
  readonly values: readonly Value[];
  readonly missing?: string;
};

type Row = Readonly<Record<string, Value>>;

export type Statements = ReturnType<typeof createStatements>;

export function createStatements({ writer }: Pick<Engine, "writer">) {
  const database = writer.$extendTables<ResourceTables>();
  const compiled = new Map<string, CompiledQuery>();

  /** The query of that name; made when it is asked for the first time, with any values. */
  function once(name: string, make: (database: Kysely<ResourceTables & Tables>) => Compilable): CompiledQuery {
    const known = compiled.get(name);
    if (known) return known;
    const query = make(database).compile();
    compiled.set(name, query);
    return query;
  }

  return {
    once,
    /** Adds a row, unless one has the same `key`. */
    insert(table: string, row: Row, key: readonly string[] = []): Statement {
      const columns = Object.keys(row);
      const query = once(`insert ${table} ${columns}`, (into) => {
        const insertion = into.insertInto(table).values(sampleOf(columns));
        return key.length === 0
          ? insertion
          : insertion.onConflict((conflict) => conflict.columns([...key]).doNothing());
      });
      return { query, values: Object.values(row) };
    },
    /** Changes these columns of a row. */
    update(table: string, id: string, row: Row, missing: string): Statement {
      const columns = Object.keys(row);
      const query = once(`update ${table} ${columns}`, (of) =>
        of.updateTable(table).set(sampleOf(columns)).where("id", "=", ""),
      );
      return { query, values: [...Object.values(row), id], missing };
    },
  };
}

type Compilable = { compile(): CompiledQuery };

/** Stands for any row with these columns; what it lacks, the database fills in or refuses. */
const sampleOf = (columns: readonly string[]): ResourceRow =>
  Object.fromEntries(columns.map((column) => [column, ""])) as ResourceRow;

/** Executes statements one after the other in a transaction. @throws StorageError for one that finds no row */
export async function execute(transaction: Kysely<Tables>, statements: readonly Statement[]): Promise<void> {
  for (const { query, values, missing } of statements) {
    const { numAffectedRows = 0n } = await transaction.executeQuery({ ...query, parameters: values });
    if (missing !== undefined && numAffectedRows === 0n) throw new StorageError("unknown", missing);
  }
}
