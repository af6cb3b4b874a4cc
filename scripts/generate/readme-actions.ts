import type { ActionCatalogue } from "../../src/flow/action.ts";
import { tableOfActions } from "./action-reference.ts";

const BEGIN = "<!-- The table of actions is made by npm run generate. -->";
const END = "<!-- End of the table. -->";

/** The README with its table of actions as it should be. */
export function renderReadme(readme: string, actions: ActionCatalogue): string {
  const [before, rest] = split(readme, BEGIN);
  const [, after] = split(rest, END);
  return `${before}${BEGIN}\n${tableOfActions([...actions.values()], "docs/actions.md")}\n${END}${after}`;
}

function split(text: string, mark: string): readonly [before: string, after: string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`README.md must hold "${mark}"`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
