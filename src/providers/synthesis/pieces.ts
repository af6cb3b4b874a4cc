/** Where a text may be cut, the best place first. */
const GRANULARITIES = ["sentence", "word", "grapheme"] as const;

/** Cuts a text into pieces no longer than this: between sentences, where one is too long between words. */
export function piecesOf(
  text: string,
  maxLength: number,
  lengthOf: (text: string) => number,
  [granularity, ...finer]: readonly (typeof GRANULARITIES)[number][] = GRANULARITIES,
): readonly string[] {
  if (lengthOf(text) <= maxLength || granularity === undefined) return [text];
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    if (lengthOf(piece + segment) <= maxLength) {
      piece += segment;
      continue;
    }
    pieces.push(piece);
    // What doesn't fit alone is cut finer; its last part may have room for what follows.
    const parts = piecesOf(segment, maxLength, lengthOf, finer);
    pieces.push(...parts.slice(0, -1));
    piece = parts.at(-1) ?? "";
  }
  return [...pieces, piece].filter((one) => one.trim() !== "");
}
