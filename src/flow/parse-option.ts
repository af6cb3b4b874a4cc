import type { z } from "zod";
import type { ActionDefinition } from "./action.ts";
import type { Fault } from "./fault.ts";
import { faultsOf } from "./option-faults.ts";
import { substitute } from "./variables.ts";

/** The option of an action, variables put in, is not what the action can work with. */
export class OptionError extends Error {
  override readonly name = "OptionError";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ path, message }) => `${path}: ${message}`).join("; "));
    this.faults = faults;
  }
}

/** The option that an action runs with: variables put in, then parsed. @throws OptionError */
export function parseOption(
  definition: ActionDefinition,
  written: Readonly<Record<string, unknown>>,
  variables: { get(name: string): string | undefined },
): unknown {
  const verbatim = (definition.verbatim ?? []).flatMap((field) => (field in written ? [[field, written[field]]] : []));
  const option = {
    ...(substitute(written, (name) => variables.get(name)) as object),
    ...Object.fromEntries(verbatim),
  };
  const schema: z.ZodType = definition.optionAtRun ?? definition.option;
  const result = schema.safeParse(option);
  if (result.success) return result.data;
  throw new OptionError(faultsOf(result.error, option, definition.option, ["option"]));
}
