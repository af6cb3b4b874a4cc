import { expect, test } from "vitest";
import { renderActionReference } from "../../scripts/generate/action-reference.ts";
import { actions } from "../../src/actions/registry.generated.ts";
import { flowJsonSchema } from "../../src/flow/schema.ts";

const schema = flowJsonSchema(actions);
const definitions = schema.$defs ?? {};
/** What these are when they are absent depends on others. */
const DEPENDING = ["digits_receive.length", "external_media_start.format"];

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

test.each([...actions.values()].map((definition) => [definition.type, definition] as const))(
  "%s tells of each option what it is when it is absent",
  (type, { option, examples: [example = {}] }) => {
    const written = definitions[`action_${type}`]?.properties?.option;
    const properties = typeof written === "object" ? Object.entries(written.properties ?? {}) : [];
    for (const [name, property] of properties) {
      const { [name]: _, ...others } = example;
      const { data } = option.safeParse(others);
      const absent = typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
      if (absent !== undefined && !DEPENDING.includes(`${type}.${name}`))
        expect(property, name).toHaveProperty("default", absent);
    }
  },
);

test.each([
  ["recording_start", "end_of_key", "none"],
  ["talk", "provider", "gcp"],
  ["talk", "language", "en-US"],
  ["transcribe_recording", "direction", "both"],
  ["external_media_start", "direction", "both"],
  ["external_media_start", "connection_type", "client"],
])("%s: %s is %j when it is absent, in the reference too", (type, name, value) => {
  expect(definitions[`action_${type}`]?.properties?.option).toMatchObject({
    properties: { [name]: { default: value } },
  });
  const section = renderActionReference(actions)
    .split(/^## /m)
    .find((one) => one.startsWith(`${type}\n`));
  expect(section?.split("\n").find((line) => line.startsWith(`| \`${name}\``))).toContain(`| \`"${value}"\` |`);
});

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
