import type { ActionCatalogue } from "../../src/flow/action.ts";
import { tableOfActions } from "./action-reference.ts";

/** What stands between the marks of this name in the README is made by `npm run generate`. */
const begin = (name: string): string => `<!-- ${name}: made by npm run generate -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** The README with its table of actions, and of the latest measurements, as they should be. */
export function renderReadme(readme: string, actions: ActionCatalogue, measurements: string): string {
  const withActions = replace(readme, "actions", tableOfActions([...actions.values()], "docs/actions.md"));
  return replace(withActions, "measurements", firstTableOf(measurements));
}

function replace(text: string, name: string, content: string): string {
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
  if (from < 0 || to < from) throw new Error(`README.md must hold "${begin(name)}" and "${end(name)}"`);
  return `${text.slice(0, from)}${begin(name)}\n${content}\n${text.slice(to)}`;
}

const firstTableOf = (markdown: string): string =>
  markdown.split("\n\n").find((block) => block.startsWith("|")) ?? "Nothing has been measured yet.";
