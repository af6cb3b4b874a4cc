/** What a model can say, from its `tokens.txt`: a symbol and its number in each line. */
export type Vocabulary = {
  /** It writes in capitals only: what it says is told in small letters. */
  readonly isUpperCase: boolean;
  /** It knows small letters only. */
  readonly isLowerCase: boolean;
  /** Most of its symbols are one character, as in Chinese. */
  readonly isByCharacter: boolean;
  readonly characters: ReadonlySet<string>;
};

/** Where a word begins, as SentencePiece writes it. */
const WORD_START = "▁";

export function vocabularyOf(tokens: string): Vocabulary {
  const symbols = tokens
    .split("\n")
    .flatMap((line) => /^(\S+)\s+\d+\s*$/.exec(line)?.[1] ?? [])
    // Such as <blk> and <unk>.
    .filter((symbol) => !/^<.+>$/.test(symbol))
    .map((symbol) => symbol.replaceAll(WORD_START, ""));
  const all = symbols.join("");
  const [hasSmall, hasCapitals] = [/\p{Ll}/u.test(all), /\p{Lu}/u.test(all)];
  return {
    isUpperCase: hasCapitals && !hasSmall,
    isLowerCase: hasSmall && !hasCapitals,
    isByCharacter: symbols.filter((symbol) => [...symbol].length === 1).length > symbols.length / 2,
    characters: new Set(all),
  };
}

/** What such a model has said, as it is told. */
export const toldBy = ({ isUpperCase }: Pick<Vocabulary, "isUpperCase">, text: string): string =>
  (isUpperCase ? text.toLowerCase() : text).trim();

/** Not more of them: each one slows the decoding down. */
const MAX_HINTS = 100;
const MAX_HINT_LENGTH = 100;

/** These hints in the letters of the model; those that it can't write are left out. */
export const hintsFor = ({ isUpperCase, isLowerCase, characters }: Vocabulary, hints: readonly string[]) =>
  hints
    // Whatever else could be taken for a command to its decoder.
    .map((hint) => hint.replaceAll(/[^\p{L}\p{M}\p{N}' -]/gu, " "))
    .map((hint) => (isUpperCase ? hint.toUpperCase() : isLowerCase ? hint.toLowerCase() : hint))
    .map((hint) => hint.split(/\s+/).filter(Boolean).join(" ").slice(0, MAX_HINT_LENGTH))
    .filter((hint) => hint !== "" && [...hint].every((character) => character === " " || characters.has(character)))
    .slice(0, MAX_HINTS);
