import { type Attributes, partsOf } from "./ssml-parts.ts";

/** Whether a text is a document of SSML. */
export const isSsml = (text: string): boolean => /^\s*<speak[\s>/]/.test(text);

/** A text with elements of SSML in it as the document that is meant; any other text as it is. */
export function asSsml(text: string): string {
  const document = text.replace(/^\s*<\?xml[^>]*\?>\s*/, "");
  if (isSsml(document)) return document;
  return hasElement(text) ? `<speak>${text}</speak>` : text;
}

/** One that is empty, or has an end: what people write in plain text with `<` and `>` has neither. */
function hasElement(text: string): boolean {
  const open = new Set<string>();
  for (const part of partsOf(text)) {
    if (part.kind === "end" && open.has(part.name)) return true;
    if (part.kind !== "start" || !(ELEMENTS.has(part.name) || OF_VENDORS.test(part.name))) continue;
    if (part.empty || part.name === "break") return true;
    open.add(part.name);
  }
  return false;
}

/** Those of https://www.w3.org/TR/speech-synthesis11/ */
const ELEMENTS: ReadonlySet<string> = new Set(
  "audio break desc emphasis lang lexicon lookup mark meta metadata p phoneme prosody s say-as speak sub token voice w".split(
    " ",
  ),
);
const OF_VENDORS = /^(amazon|google):/;

/**
 * What SSML says, as plain text: pauses become punctuation, entities characters. Entities that a document declares for
 * itself are never expanded, so it can't grow; each character is looked at once, so it can't take long. What is
 * malformed is read as far as it makes sense.
 */
export function plainTextOf(ssml: string): string {
  const said: string[] = [];
  /** Elements that are open and say something else than their content, innermost last. */
  const open: { readonly name: string; readonly silent: boolean; readonly spelt: boolean }[] = [];
  for (const part of partsOf(ssml)) {
    const within = open.at(-1);
    if (part.kind === "broken") break;
    if (part.kind === "text") {
      if (!within?.silent) said.push(within?.spelt ? [...part.text].join(" ") : part.text);
      continue;
    }
    const { name, attributes } = part;
    if (part.kind === "end") {
      if (within?.name === name) open.pop();
      if (SENTENCES.has(name) && !within?.silent) said.push(". ");
      continue;
    }
    if (within?.silent !== true) said.push(instead(name, attributes));
    if (!part.empty && (within || UNUSUAL.has(name))) {
      open.push({
        name,
        silent: within?.silent === true || SILENT.has(name),
        spelt: within?.spelt === true || isSpelt(name, attributes),
      });
    }
  }
  return tidy(said.join(""));
}

const SENTENCES: ReadonlySet<string> = new Set(["p", "s", "speak"]);
/** Their content is not meant to be heard; `sub` is heard by its alias. */
export const SILENT: ReadonlySet<string> = new Set(["sub", "desc", "metadata", "meta", "lexicon"]);
const UNUSUAL: ReadonlySet<string> = new Set([...SILENT, "say-as"]);
const SPELT: ReadonlySet<string> = new Set(["characters", "spell-out", "digits", "verbatim", "telephone"]);
/** A pause of this length and more is that between sentences. */
const LONG_PAUSE_MS = 400;

function instead(name: string, attributes: Attributes): string {
  if (name === "sub") return attributes.get("alias") ?? "";
  if (name === "break") return pauseOf(attributes);
  return SENTENCES.has(name) ? " " : "";
}

/** How long a `break` is to be, if it says so. */
export function pauseMsOf(attributes: Attributes): number | undefined {
  const [, amount = "", unit] = /^\+?(\d{0,9}(?:\.\d{0,9})?)(ms|s)$/.exec(attributes.get("time") ?? "") ?? [];
  return unit === undefined ? undefined : Number(amount) * (unit === "s" ? 1_000 : 1);
}

function pauseOf(attributes: Attributes): string {
  const pauseMs = pauseMsOf(attributes);
  if (pauseMs !== undefined) return pauseMs >= LONG_PAUSE_MS ? ". " : ", ";
  return { none: " ", "x-weak": ", ", weak: ", ", medium: ", " }[attributes.get("strength") ?? ""] ?? ". ";
}

const isSpelt = (name: string, attributes: Attributes): boolean =>
  name === "say-as" && SPELT.has(attributes.get("interpret-as") ?? "");

/** Marks that only the pauses brought, and spaces. */
function tidy(text: string): string {
  const spaced = text.replaceAll(/\s+/g, " ").replaceAll(/ (?=[.,])/g, "");
  return spaced
    .replaceAll(/([.,!?;:])[.,]+/g, "$1")
    .replace(/^[.,\s]+/, "")
    .trim();
}
