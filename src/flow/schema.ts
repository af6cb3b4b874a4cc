/** The JSON Schema of a flow, for editors and for those who make flows with other programs. */
import { actionDocumentSchema } from "../model/action.ts";
import { flowDocumentSchema } from "../model/flow.ts";
import type { ActionCatalogue, ActionDefinition } from "./action.ts";
import { isSchema, type JsonSchema, jsonSchemaOf } from "./json-schema.ts";

const PLACEHOLDER: JsonSchema = {
  title: "Text with variables",
  description: "Holds `$" + "{name}`, where a variable's value is put in.",
  type: "string",
  pattern: "\\$\\{[^}]*\\}",
};

const SHARED_ID = "#/$defs/ActionId";

/** JSON Schema 2020-12 of a flow document, with one alternative for each type of action. */
export function flowJsonSchema(catalogue: ActionCatalogue): JsonSchema {
  const definitions = [...catalogue.values()];
  const { $defs, ...flow } = jsonSchemaOf(flowDocumentSchema);
  const shared = Object.assign({}, ...definitions.map(({ option }) => jsonSchemaOf(option).$defs ?? {}));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Ringdown flow",
    ...flow,
    properties: {
      ...flow.properties,
      actions: { ...Object(flow.properties?.actions), items: { $ref: "#/$defs/Action" } },
    },
    $defs: {
      ...mapSchemas(shared),
      ...$defs,
      Placeholder: PLACEHOLDER,
      Action: { title: "Action", oneOf: definitions.map(({ type }) => ({ $ref: `#/$defs/action_${type}` })) },
      ...Object.fromEntries(definitions.map((definition) => [`action_${definition.type}`, actionSchema(definition)])),
    },
  };
}

function actionSchema({ type, summary, deprecated, run, option, examples }: ActionDefinition): JsonSchema {
  const { $defs: _, ...optionSchema } = jsonSchemaOf(option);
  const isOptionNeeded = (optionSchema.required ?? []).length > 0;
  return {
    title: type,
    description: [summary, deprecated, run ? undefined : "Not available in this version."].filter(Boolean).join(" "),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    type: "object",
    properties: {
      ...jsonSchemaOf(actionDocumentSchema).properties,
      type: { const: type },
      option: withPlaceholders(optionSchema),
    },
    required: isOptionNeeded ? ["type", "option"] : ["type"],
    additionalProperties: false,
    // zod's type of `examples` is narrower than JSON Schema's.
    examples: examples.map((example) => ({ type, option: example })) as JsonSchema["examples"] & object,
  };
}

/** The same schema, but text with variables may stand wherever text is right: it is checked when it runs. */
function withPlaceholders(schema: JsonSchema): JsonSchema {
  if (isRestrictedText(schema)) {
    const { description, default: standard, ...text } = schema;
    const about = {
      ...(description === undefined ? {} : { description }),
      ...(standard === undefined ? {} : { default: standard }),
    };
    return { ...about, anyOf: [text, { $ref: "#/$defs/Placeholder" }] };
  }
  const { properties, items, additionalProperties, anyOf } = schema;
  return {
    ...schema,
    ...(properties && { properties: mapSchemas(properties) }),
    ...(isSchema(items) && { items: withPlaceholders(items) }),
    ...(isSchema(additionalProperties) && { additionalProperties: withPlaceholders(additionalProperties) }),
    ...(anyOf?.some((branch) => isSchema(branch) && isRestrictedText(branch)) && {
      anyOf: [...anyOf, { $ref: "#/$defs/Placeholder" }],
    }),
  };
}

function isRestrictedText(schema: JsonSchema): boolean {
  if (schema.$ref === SHARED_ID) return true;
  const { type, enum: values, const: value, pattern, format, minLength, maxLength } = schema;
  return type === "string" && [values, value, pattern, format, minLength, maxLength].some((rule) => rule !== undefined);
}

const mapSchemas = (schemas: NonNullable<JsonSchema["properties"]>): NonNullable<JsonSchema["properties"]> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isSchema(schema) ? withPlaceholders(schema) : schema]),
  );
