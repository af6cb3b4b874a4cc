import type { ActionCatalogue, ActionDefinition } from "../../src/flow/action.ts";
import { inWords, type JsonSchema, jsonSchemaOf } from "../../src/flow/json-schema.ts";

/** The reference of all actions, as Markdown. */
export function renderActionReference(actions: ActionCatalogue): string {
  const definitions = [...actions.values()];
  return `${[
    "<!-- Made by scripts/generate.ts from src/actions. Do not edit. -->",
    "# Actions",
    "A flow is a list of actions. Each has a `type`, most have an `option`; `id` lets others jump to it, `next_id` names " +
      "the action after it. Every text in an option may hold `${name}`: the variable's value is put in before the action " +
      "runs. An empty text stands for an absent option where the option is not needed.",
    tableOfActions(definitions, ""),
    ...definitions.flatMap(section),
  ].join("\n\n")}\n`;
}

/** One line for each action, with a link to its section in that file. */
export const tableOfActions = (definitions: readonly ActionDefinition[], file: string): string =>
  ["| type | what it does | example |", "|---|---|---|", ...definitions.map((one) => tableRow(one, file))].join("\n");

function tableRow(definition: ActionDefinition, file: string): string {
  const { type, summary } = definition;
  const link = `[\`${type}\`](${file}#${type})`;
  return `| ${link} | ${cell(summary)}${mark(definition)} | ${code(JSON.stringify(example(definition)))} |`;
}

function section(definition: ActionDefinition): readonly string[] {
  const { type, summary, deprecated, run, examples } = definition;
  const root = jsonSchemaOf(definition.option);
  const options = Object.entries(root.properties ?? {});
  const table = ["| option | must be | default | meaning |", "|---|---|---|---|"];
  return [
    `## ${type}`,
    summary,
    ...(deprecated === undefined ? [] : [`**Deprecated.** ${deprecated}`]),
    ...(run ? [] : ["**Not available in this version**: a flow that uses it is refused."]),
    options.length === 0
      ? "No options."
      : [...table, ...options.map(([name, schema]) => optionRow(root, name, schema as JsonSchema))].join("\n"),
    ...variablesOf(definition),
    ...examples.map((option) => ["```json", JSON.stringify({ type, ...optional(option) }, null, 2), "```"].join("\n")),
  ];
}

/** What later actions can read because of this one, as far as it does not depend on what happens. */
function variablesOf({ option, examples: [first = {}], sets }: ActionDefinition): readonly string[] {
  const names = sets?.(option.parse(first)).filter((name) => name.startsWith("voipbin.")) ?? [];
  return names.length === 0 ? [] : [`Sets ${names.map((name) => code(`\${${name}}`)).join(", ")}.`];
}

function optionRow(root: JsonSchema, name: string, schema: JsonSchema): string {
  const isRequired = root.required?.includes(name);
  const standard = isRequired ? "required" : schema.default === undefined ? "–" : code(JSON.stringify(schema.default));
  return `| \`${name}\` | ${cell(inWords(root, schema))} | ${standard} | ${cell(schema.description ?? "")} |`;
}

const mark = ({ deprecated, run }: ActionDefinition): string =>
  `${deprecated === undefined ? "" : " *Deprecated.*"}${run ? "" : " *Not available in this version.*"}`;
const example = ({ type, examples: [first = {}] }: ActionDefinition) => ({ type, ...optional(first) });
const optional = (option: Readonly<Record<string, unknown>>) => (Object.keys(option).length === 0 ? {} : { option });
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string): string => `\`${cell(text)}\``;
