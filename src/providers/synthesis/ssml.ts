/** Whether a text is SSML. */
export const isSsml = (text: string): boolean => /^\s*<speak[\s>/]/.test(text);

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
const SILENT: ReadonlySet<string> = new Set(["sub", "desc", "metadata", "meta", "lexicon"]);
const UNUSUAL: ReadonlySet<string> = new Set([...SILENT, "say-as"]);
const SPELT: ReadonlySet<string> = new Set(["characters", "spell-out", "digits", "verbatim", "telephone"]);
/** A pause of this length and more is that between sentences. */
const LONG_PAUSE_MS = 400;

function instead(name: string, attributes: Attributes): string {
  if (name === "sub") return attributes.get("alias") ?? "";
  if (name === "break") return pauseOf(attributes);
  return SENTENCES.has(name) ? " " : "";
}

function pauseOf(attributes: Attributes): string {
  const [, amount = "", unit] = /^\+?(\d{0,9}(?:\.\d{0,9})?)(ms|s)$/.exec(attributes.get("time") ?? "") ?? [];
  if (unit) return Number(amount) * (unit === "s" ? 1_000 : 1) >= LONG_PAUSE_MS ? ". " : ", ";
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

type Attributes = ReadonlyMap<string, string>;
type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "start"; readonly name: string; readonly attributes: Attributes; readonly empty: boolean }
  | { readonly kind: "end"; readonly name: string; readonly attributes: Attributes };

/** What is not text, up to its own end. */
const ENCLOSED = [
  { begin: "<!--", end: "-->", isText: false },
  { begin: "<![CDATA[", end: "]]>", isText: true },
  { begin: "<?", end: "?>", isText: false },
];
const TAG = /<(\/?)([A-Za-z_][\w.:-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>/y;
const DOCTYPE = /<![A-Za-z]+(?:[^[\]"'>]|"[^"]*"|'[^']*'|\[[^\]]*\])*>/y;

/** Splits a document; ends early where a tag or comment is never closed. */
function* partsOf(document: string): Generator<Part> {
  let at = 0;
  while (at < document.length) {
    const next = document.indexOf("<", at);
    const until = next < 0 ? document.length : next;
    if (until > at) yield { kind: "text", text: decoded(document.slice(at, until)) };
    if (next < 0) return;
    const enclosed = ENCLOSED.find(({ begin }) => document.startsWith(begin, next));
    if (enclosed) {
      const end = document.indexOf(enclosed.end, next + enclosed.begin.length);
      if (end < 0) return;
      if (enclosed.isText) yield { kind: "text", text: document.slice(next + enclosed.begin.length, end) };
      at = end + enclosed.end.length;
    } else if (/[A-Za-z_/!]/.test(document[next + 1] ?? "")) {
      const pattern = document[next + 1] === "!" ? DOCTYPE : TAG;
      pattern.lastIndex = next;
      const tag = pattern.exec(document);
      if (!tag) return;
      const [all, slash, name = "", rest = ""] = tag;
      if (pattern === TAG) yield partOf(slash === "/", name.toLowerCase(), rest);
      at = next + all.length;
    } else {
      yield { kind: "text", text: "<" };
      at = next + 1;
    }
  }
}

/** More can't be a tag of SSML. */
const MAX_ATTRIBUTES_LENGTH = 2_000;

function partOf(isEnd: boolean, name: string, rest: string): Part {
  const found = rest.slice(0, MAX_ATTRIBUTES_LENGTH).matchAll(/([\w.:-]{1,64})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g);
  const attributes = new Map([...found].map(([, key = "", double, single]) => [key, decoded(double ?? single ?? "")]));
  return isEnd ? { kind: "end", name, attributes } : { kind: "start", name, attributes, empty: rest.endsWith("/") };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Characters for the entities of XML itself; nothing for others. */
function decoded(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([A-Za-z][\w.-]{0,63}));/gi,
    (_, decimal, hexadecimal, name) => {
      if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? "") : "";
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "";
    },
  );
}
