import { expect, test } from "vitest";
import type { ActionDefinition } from "../../src/flow/action.ts";

type Option = Readonly<Record<string, unknown>>;

/** What an action's option may be and may not be; `accepted` names what the option is read as, where that differs. */
export function testOption(
  definition: ActionDefinition,
  table: { readonly accepted: readonly (readonly [Option, Option?])[]; readonly refused: readonly Option[] },
): void {
  const { type, option } = definition;
  test.each(table.accepted)(`${type} accepts %j`, (written, read) => {
    expect(option.parse(written)).toMatchObject({ ...(read ?? written) });
  });
  test.each(table.refused.map((written) => [written]))(`${type} refuses %j`, (written) => {
    expect(option.safeParse(written).success).toBe(false);
  });
}
