/** Attributes of an element, entities decoded. */
export type Attributes = ReadonlyMap<string, string>;
/** A document is a sequence of these; `broken` comes last, where a tag or comment is never closed. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "start"; readonly name: string; readonly attributes: Attributes; readonly empty: boolean }
  | { readonly kind: "end"; readonly name: string; readonly attributes: Attributes }
  | { readonly kind: "broken" };

/** What is not text, up to its own end. */
const ENCLOSED = [
  { begin: "<!--", end: "-->", isText: false },
  { begin: "<![CDATA[", end: "]]>", isText: true },
  { begin: "<?", end: "?>", isText: false },
];
const TAG = /<(\/?)([A-Za-z_][\w.:-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>/y;
const DOCTYPE = /<![A-Za-z]+(?:[^[\]"'>]|"[^"]*"|'[^']*'|\[[^\]]*\])*>/y;

/** Splits a document. Declared entities are not expanded, and each character is looked at once. */
export function* partsOf(document: string): Generator<Part> {
  let at = 0;
  while (at < document.length) {
    const next = document.indexOf("<", at);
    const until = next < 0 ? document.length : next;
    if (until > at) yield { kind: "text", text: decoded(document.slice(at, until)) };
    if (next < 0) return;
    const enclosed = ENCLOSED.find(({ begin }) => document.startsWith(begin, next));
    if (enclosed) {
      const end = document.indexOf(enclosed.end, next + enclosed.begin.length);
      if (end < 0) return yield { kind: "broken" };
      if (enclosed.isText) yield { kind: "text", text: document.slice(next + enclosed.begin.length, end) };
      at = end + enclosed.end.length;
    } else if (/[A-Za-z_/!]/.test(document[next + 1] ?? "")) {
      const pattern = document[next + 1] === "!" ? DOCTYPE : TAG;
      pattern.lastIndex = next;
      const tag = pattern.exec(document);
      if (!tag) return yield { kind: "broken" };
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
