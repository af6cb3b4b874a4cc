import { z } from "zod";
import { configSchema } from "../../src/config.ts";

type Property = { readonly description?: string; readonly default?: unknown; readonly enum?: readonly string[] };

/** The page of settings, from the schema that reads them. */
export function renderConfigurationReference(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { description = "", default: value, enum: values } = property as Property;
    const allowed = values && !description.includes(values[0] ?? "") ? ` One of ${values.join(", ")}.` : "";
    return `| \`${name}\` | ${defaultOf(value, required.includes(name))} | ${description}${allowed} |`;
  });
  return `# Configuration

Made by \`npm run generate\` from \`src/config.ts\`. Do not edit.

Settings come from the environment, and from a file \`.env\` in the folder where Ringdown is started; the environment wins. An empty
value means "not set". An unknown \`RINGDOWN_\` name or a bad value is refused at the start, with the reason. The credentials of Google and
Amazon are the standard variables of their SDKs.

| setting | default | what it is |
|---|---|---|
${rows.join("\n")}
`;
}

function defaultOf(value: unknown, isRequired: boolean): string {
  if (value === "") return "empty";
  if (value !== undefined) return `\`${String(value)}\``;
  return isRequired ? "required; `npm start` generates it" : "none";
}
