import { readdirSync } from "node:fs";

/** The source of the registry: one entry for each file of the folder, sorted. */
export function renderRegistry(folder: string): string {
  const types = readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".generated.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
  return `// Made by scripts/generate.ts from the files of this folder. Do not edit.
import type { ActionCatalogue, ActionDefinition } from "../flow/action.ts";
${types.map((type) => `import ${identifier(type)} from "./${type}.ts";`).join("\n")}

const definitions: readonly ActionDefinition[] = [
${types.map((type) => `  ${identifier(type)},`).join("\n")}
];

/** Every action by its type. */
export const actions: ActionCatalogue = new Map(definitions.map((definition) => [definition.type, definition]));

export type ActionType =
${types.map((type) => `  | "${type}"`).join("\n")};
`;
}

const identifier = (type: string): string =>
  `${type.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Action`;
