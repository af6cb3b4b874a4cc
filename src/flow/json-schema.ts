/** JSON Schemas of options, made from their zod schemas, and what they say in plain words. */
import { z } from "zod";
import { NIL_UUID } from "../model/identifier.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

const made = new WeakMap<z.ZodType, JsonSchema>();

/** The JSON Schema (2020-12) of what may be written. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = made.get(schema);
  if (known) return known;
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // zod leaves it out where some of what may be written is read as something else.
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default = def.defaultValue;
    },
  });
  made.set(schema, rest);
  return rest;
}

/** Follows a path into a schema; undefined where the schema says nothing. */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((schema, segment) => schema && step(root, schema, segment), root);
}

function step(root: JsonSchema, schema: JsonSchema, segment: PropertyKey): JsonSchema | undefined {
  const resolved = resolve(root, schema);
  const name = String(segment);
  const candidates = [
    resolved.properties && Object.hasOwn(resolved.properties, name) ? resolved.properties[name] : undefined,
    typeof segment === "number" ? resolved.items : undefined,
    resolved.additionalProperties,
    ...(resolved.anyOf ?? []).map((branch) => step(root, branch as JsonSchema, segment)),
  ];
  return candidates.find((candidate) => isSchema(candidate));
}

/** The schema that a reference stands for. */
export function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace("#/$defs/", "");
  return (name !== undefined && root.$defs?.[name]) || schema;
}

/** What a schema asks for, in plain words: `a whole number from 0 to 59`. */
export function inWords(root: JsonSchema, written: JsonSchema): string {
  const schema = resolve(root, written);
  const branches = schema.anyOf?.filter((branch) => isSchema(branch) && !isBlank(branch)) as JsonSchema[] | undefined;
  if (branches) return [...new Set(branches.map((branch) => inWords(root, branch)))].join(", or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return listed(schema.enum);
  if (schema.type === "boolean") return "true or false";
  if (schema.type === "integer") return `a whole number${range(schema)}`;
  if (schema.type === "number") return `a number${range(schema)}`;
  if (schema.type === "array") return listOf(root, schema);
  if (schema.type === "object") return "an object";
  return schema.type === "string" ? text(schema) : "something else";
}

/** Stands for "absent", where an option allows it to be written so. */
export const isBlank = (schema: JsonSchema): boolean =>
  [schema.const, ...(schema.enum ?? [])].every((value) => value === undefined || value === "" || value === NIL_UUID) &&
  (schema.const !== undefined || schema.enum !== undefined);

const listed = (values: readonly unknown[]): string =>
  values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;

function range({ minimum, maximum }: JsonSchema): string {
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return `, at least ${from}`;
  return to === undefined ? "" : `, at most ${to}`;
}

function listOf(root: JsonSchema, { items, minItems, maxItems }: JsonSchema): string {
  const item = isSchema(items) ? `, each ${inWords(root, items)}` : "";
  return `a list${bounds(minItems, maxItems, "")}${item}`;
}

function text({ format, minLength, maxLength }: JsonSchema): string {
  if (format === "uuid") return "a UUID";
  return `text${bounds(minLength, maxLength, " characters")}`;
}

function bounds(least = 0, most: number | undefined, unit: string): string {
  if (least > 0 && most !== undefined) return ` of ${least} to ${most}${unit}`;
  if (least > 0) return ` of at least ${least}${unit}`;
  return most === undefined ? "" : ` of at most ${most}${unit}`;
}

/** Whether it is a schema of its own, not `true` or `false`. */
export function isSchema(candidate: unknown): candidate is JsonSchema {
  return typeof candidate === "object" && candidate !== null && !Array.isArray(candidate);
}
