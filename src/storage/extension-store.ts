import { type Extension, extensionSchema } from "../model/extension.ts";
import type { Clock } from "../ports/clock.ts";
import type { ExtensionStore } from "../ports/extension-store.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { allRows, rowsWhere } from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";
import { soundRows } from "./sound-rows.ts";

const extensions: ResourceKind<Extension> = { table: "extensions", schema: extensionSchema, columns: ["extension"] };

export const extensionStore = (database: Database, clock: Clock): ExtensionStore => ({
  ...resourceStore(database, clock, extensions),
  async byName(name) {
    const [row] = await database.read((reader) => rowsWhere(reader, extensions.table, "extension", [name]));
    return row && fromRow(extensions, row);
  },
  async all() {
    const rows = await database.read((reader) => allRows(reader, extensions.table));
    return soundRows(database.log, rows, (row) => fromRow(extensions, row));
  },
});
