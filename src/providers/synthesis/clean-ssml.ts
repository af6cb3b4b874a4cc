import { speakable } from "./plain-text.ts";
import { pauseMsOf, SILENT } from "./ssml.ts";
import { type Attributes, partsOf } from "./ssml-parts.ts";

/** The elements that a provider understands besides `speak`, each with its attributes. */
export type SsmlDialect = Readonly<Record<string, readonly string[]>>;

/** What every provider of ours understands. */
export const commonDialect: SsmlDialect = {
  break: ["time", "strength"],
  emphasis: ["level"],
  lang: ["xml:lang"],
  p: [],
  phoneme: ["alphabet", "ph"],
  prosody: ["rate", "pitch", "volume"],
  s: [],
  "say-as": ["interpret-as", "format", "detail"],
  sub: ["alias"],
};

/** More is no prompt, but an attempt to keep somebody busy. */
const MAX_ELEMENTS = 1_000;
const MAX_DEPTH = 20;
/** What providers allow at most. */
const LONGEST_PAUSE_MS = 10_000;
const MAX_SILENCE_MS = 60_000;

/**
 * The same SSML with nothing in it but what the dialect has: other elements leave their content, other attributes go.
 * Never fetches anything for the speaker: `audio` is reduced to its words. Undefined when it is malformed or excessive.
 */
export function cleanSsml(ssml: string, dialect: SsmlDialect): string | undefined {
  const clean: string[] = [];
  const open: Element[] = [];
  let elements = 0;
  let silenceMs = 0;
  for (const part of partsOf(ssml)) {
    const within = open.at(-1);
    if (part.kind === "broken") return undefined;
    if (part.kind === "text") {
      if (within && !within.silent) clean.push(escaped(part.text));
      else if (!within && part.text.trim() !== "") return undefined;
      continue;
    }
    if (part.kind === "end") {
      if (within?.name !== part.name) return undefined;
      open.pop();
      clean.push(within.end);
      continue;
    }
    const { name, attributes, empty } = part;
    // One root, and it is `speak`.
    if ((name === "speak") !== (elements === 0) || (elements > 0 && !within)) return undefined;
    elements += 1;
    silenceMs += (name === "break" && Math.min(pauseMsOf(attributes) ?? 0, LONGEST_PAUSE_MS)) || 0;
    if (elements > MAX_ELEMENTS || open.length >= MAX_DEPTH || silenceMs > MAX_SILENCE_MS) return undefined;
    const element = elementOf(name, within?.silent === true, dialect);
    if (element.end !== "") clean.push(`<${name}${written(attributes, dialect[name] ?? [])}${empty ? "/" : ""}>`);
    if (!empty) open.push(element);
  }
  return elements > 0 && open.length === 0 ? clean.join("") : undefined;
}

type Element = { readonly name: string; readonly silent: boolean; readonly end: string };

function elementOf(name: string, isWithinSilence: boolean, dialect: SsmlDialect): Element {
  const isKept = !isWithinSilence && (name === "speak" || Object.hasOwn(dialect, name));
  return { name, silent: isWithinSilence || (!isKept && SILENT.has(name)), end: isKept ? `</${name}>` : "" };
}

function written(attributes: Attributes, known: readonly string[]): string {
  const pauseMs = pauseMsOf(attributes);
  return known
    .map((key) => {
      const value = attributes.get(key);
      if (value === undefined) return "";
      if (key !== "time") return ` ${key}="${escaped(value)}"`;
      return pauseMs === undefined ? "" : ` time="${Math.min(Math.round(pauseMs), LONGEST_PAUSE_MS)}ms"`;
    })
    .join("");
}

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => speakable(text).replaceAll(/[&<>"]/g, (sign) => SIGNS[sign] ?? "");
