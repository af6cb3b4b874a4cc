import type { SchemaModule } from "kysely";

/** Makes the table of one kind of resource, with columns for what is filtered by or must be unique. */
export async function createResourceTable(
  schema: SchemaModule,
  table: string,
  columns: Readonly<Record<string, "unique" | "unique among a customer's" | "indexed">> = {},
): Promise<void> {
  const base = schema
    .createTable(table)
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("customer_id", "text", (column) => column.notNull())
    .addColumn("tm_create", "text", (column) => column.notNull())
    .addColumn("tm_update", "text", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull());
  await Object.keys(columns)
    .reduce((builder, name) => builder.addColumn(name, "text"), base)
    .execute();
  await schema.createIndex(`${table}_by_age`).on(table).columns(["customer_id", "tm_create", "id"]).execute();
  for (const [name, kind] of Object.entries(columns)) {
    const scope = kind === "unique among a customer's" ? ["customer_id"] : [];
    const index = schema
      .createIndex(`${table}_by_${name}`)
      .on(table)
      .columns([...scope, name]);
    await (kind === "indexed" ? index : index.unique()).execute();
  }
}
