/** What stands in a template in braces: `{to}`. */
const PLACE = /\{(to|from|text|id|status_url)\}/g;

export type TemplateValues = Readonly<Record<"to" | "from" | "text" | "id" | "status_url", string>>;

/** Text with values in their places, each written so that it stays one value of that kind of text. */
export const fill = (template: string, values: TemplateValues, write: (value: string) => string): string =>
  template.replace(PLACE, (_place, name: keyof TemplateValues) => write(values[name].toWellFormed()));

/** How values are written in a body of that content type. */
export function escapeFor(contentType: string): (value: string) => string {
  if (/[/+]json\b/i.test(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(contentType)) return encodeURIComponent;
  if (/[/+]xml\b/i.test(contentType)) return escapeXml;
  return (value) => value;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeXml = (value: string): string => value.replace(/[&<>"]/g, (each) => ENTITIES[each] ?? each);
