import { numberSchema, type PhoneNumber } from "../model/number.ts";
import type { Clock } from "../ports/clock.ts";
import type { NumberStore } from "../ports/number-store.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { rowsWhere } from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";

const numbers: ResourceKind<PhoneNumber> = { table: "numbers", schema: numberSchema, columns: ["number"] };

/** No number is longer, so no longer prefix can match. */
const LONGEST_NUMBER = 64;

/** Numbers are unique among all customers, because a dialled string names no customer. */
export const numberStore = (database: Database, clock: Clock): NumberStore => ({
  ...resourceStore(database, clock, numbers),
  async route(dialled) {
    const meanings = [dialled, ...prefixesOf(dialled)];
    const rows = await database.read((reader) => rowsWhere(reader, numbers.table, "number", meanings));
    const byNumber = new Map(rows.map((row) => fromRow(numbers, row)).map((number) => [number.number, number]));
    const meaning = meanings.find((number) => byNumber.has(number));
    return meaning === undefined ? undefined : byNumber.get(meaning);
  },
});

/** Longest first: `12` gives `12*`, `1*` and `*`. */
function prefixesOf(dialled: string): string[] {
  const longest = Math.min(dialled.length, LONGEST_NUMBER - 1);
  return Array.from({ length: longest + 1 }, (_, shorter) => `${dialled.slice(0, longest - shorter)}*`);
}
