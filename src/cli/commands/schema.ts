import type { Command } from "commander";
import { actions as catalogue } from "../../actions/registry.generated.ts";
import { flowJsonSchema } from "../../flow/schema.ts";
import { type JsonOption, withJson } from "../options.ts";
import type { Parts } from "../parts.ts";

/** `ringdown schema`: for editors, and for programs that make flows. */
export function addSchema(program: Command, { tell }: Parts): void {
  withJson(program.command("schema"))
    .description("Print the JSON Schema of a flow.")
    .action((options: JsonOption) => {
      const schema = flowJsonSchema(catalogue);
      tell({ json: schema, text: `${JSON.stringify(schema, null, 2)}\n` }, options);
    });
}
