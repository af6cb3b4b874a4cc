import { type Extension, extensionSchema } from "../model/extension.ts";
import type { Clock } from "../ports/clock.ts";
import type { ExtensionStore } from "../ports/extension-store.ts";
import type { Database } from "./database.ts";
import { listedStore } from "./listed-store.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { rowsWhere } from "./resource-rows.ts";

const extensions: ResourceKind<Extension> = { table: "extensions", schema: extensionSchema, columns: ["extension"] };

export const extensionStore = (database: Database, clock: Clock): ExtensionStore => ({
  ...listedStore(database, clock, extensions),
  async byName(name) {
    const [row] = await database.read((reader) => rowsWhere(reader, extensions.table, "extension", [name]));
    return row && fromRow(extensions, row);
  },
});
