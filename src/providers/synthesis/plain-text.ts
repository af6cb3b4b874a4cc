import { isSsml, plainTextOf } from "./ssml.ts";

/** Controls and marks of direction say nothing, and some programs obey them; joiners are part of some scripts. */
const UNSPOKEN = /[\p{Cc}\p{Co}\p{Cn}]|(?![\u200c\u200d])\p{Cf}/gu;

/** What is to be said, as one line of plain text, whether it came as text or as SSML. */
export const spokenText = (text: string): string => speakable(isSsml(text) ? plainTextOf(text) : text).trim();

/** One line with nothing in it that can't be spoken. */
export const speakable = (text: string): string => text.toWellFormed().replaceAll(/\s+/g, " ").replaceAll(UNSPOKEN, "");

/** As `flite` can read it: ASCII, accents taken off. */
export function asciiText(text: string): string {
  const unaccented = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return unaccented
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[–—]/g, ", ")
    .replaceAll(/[^\x20-\x7e]/g, " ");
}
