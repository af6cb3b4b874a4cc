import type { Parameter, Property } from "./description.ts";

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: "string",
  Date: "string",
  boolean: "boolean",
  int: "number",
  long: "number",
  double: "number",
  object: "Readonly<Record<string, unknown>>",
  binary: "Uint8Array",
  void: "void",
};

/** The TypeScript type of Asterisk's type name; `named` turns a model's name into a reference. */
export const typeOf = (name: string, named = (model: string) => model): string => {
  const element = /^List\[(.+)\]$/.exec(name)?.[1];
  if (element !== undefined) return `readonly ${typeOf(element, named)}[]`;
  return PRIMITIVES[name] ?? named(name);
};

/** The closed list of values where Asterisk gives one, otherwise the plain type. */
export const valueType = (name: string, allowed: Property["allowableValues"]): string => {
  if (allowed?.valueType !== "LIST" || name !== "string") return typeOf(name);
  return (allowed.values ?? []).map((value) => JSON.stringify(value)).join(" | ");
};

/** The type of what a caller passes. */
export const parameterType = (parameter: Parameter, resource: string): string => {
  if (parameter.dataType === "containers") return containerType(parameter.name, resource);
  const type = valueType(parameter.dataType, parameter.allowableValues);
  if (!parameter.allowMultiple) return type;
  return type.includes("|") ? `readonly (${type})[]` : `readonly ${type}[]`;
};

/** Asterisk calls every JSON body "containers"; only its prose tells what is inside. */
const containerType = (name: string, resource: string): string => {
  if (name === "fields") return "readonly models.ConfigTuple[]";
  return resource === "channels" || resource === "bridges" ? "AriVariables" : "Readonly<Record<string, string>>";
};

/** A property name as TypeScript writes it. */
export const propertyName = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** A doc comment of one line. */
export const comment = (text: string | undefined, indent = ""): string =>
  text === undefined ? "" : `${indent}/** ${text.replace(/\s+/g, " ").replace(/\*\//g, "* /").trim()} */\n`;
