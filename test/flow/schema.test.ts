import { expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { flowJsonSchema } from "../../src/flow/schema.ts";

const schema = flowJsonSchema(actions);
const definitions = schema.$defs ?? {};

test("the schema is JSON, of 2020-12, with one alternative for each type", () => {
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(definitions.Action?.oneOf).toEqual([...actions.keys()].map((type) => ({ $ref: `#/$defs/action_${type}` })));
});

test.each([...actions.values()].map((definition) => [definition.type, definition] as const))(
  "%s has a title, a description, an example, and a description of each option",
  (type, { examples }) => {
    const action = definitions[`action_${type}`];
    expect(action).toMatchObject({ title: type, properties: { type: { const: type } }, additionalProperties: false });
    expect(action?.description).toMatch(/\.$/);
    expect(action?.examples).toHaveLength(examples.length);
    const option = action?.properties?.option;
    const properties = typeof option === "object" ? Object.values(option.properties ?? {}) : [];
    for (const property of properties) expect(property).toHaveProperty("description");
  },
);

test("every reference leads somewhere", () => {
  const references = JSON.stringify(schema).match(/(?<="\$ref":"#\/\$defs\/)\w+/g) ?? [];
  expect(references.filter((name) => !Object.hasOwn(definitions, name))).toEqual([]);
  expect(references).toContain("Address");
});

test("text with variables may stand where only certain texts may, but not for numbers", () => {
  const option = definitions.action_talk?.properties?.option;
  expect(option).toMatchObject({
    properties: { provider: { anyOf: expect.arrayContaining([{ $ref: "#/$defs/Placeholder" }]) } },
  });
  expect(JSON.stringify(definitions.action_sleep)).not.toContain("Placeholder");
});
