import type { Command } from "commander";
import { z } from "zod";
import { apiOf } from "../api.ts";
import { type AccessOptions, withAccess } from "../options.ts";
import type { Parts } from "../parts.ts";
import { columns } from "../report.ts";

const keySchema = z.looseObject({ id: z.string(), name: z.string().default(""), tm_create: z.string().default("") });
const newKeySchema = keySchema.extend({ key: z.string() });
const listSchema = z.object({ result: z.array(keySchema) });

/** `ringdown key …`: keys to the API of a running Ringdown. */
export function addKeyCommands(program: Command, { terminal, tell }: Parts): void {
  const key = program.command("key").description("Make, list and revoke keys to the API.");

  withAccess(key.command("create [name]"))
    .description("Make a key; it is shown this once.")
    .action(async (name: string | undefined, options: AccessOptions) => {
      const body = name === undefined ? {} : { name };
      const made = newKeySchema.parse(await apiOf(terminal, options).request("POST", "/accesskeys", body));
      tell({ json: made, text: `${made.key}\n` }, options);
    });

  withAccess(key.command("list"))
    .description("List keys by name; not the keys themselves, which nobody knows any more.")
    .action(async (options: AccessOptions) => {
      const { result } = listSchema.parse(await apiOf(terminal, options).request("GET", "/accesskeys?page_size=1000"));
      const rows = result.map(({ id, name, tm_create }) => [id, tm_create.slice(0, 10), name]);
      tell({ json: result, text: rows.length === 0 ? "no keys\n" : columns(rows) }, options);
    });

  withAccess(key.command("revoke <id>"))
    .description("Make a key useless.")
    .action(async (id: string, options: AccessOptions) => {
      await apiOf(terminal, options).request("DELETE", `/accesskeys/${encodeURIComponent(id)}`);
      tell({ json: { id, revoked: true }, text: `${id} revoked\n` }, options);
    });
}
