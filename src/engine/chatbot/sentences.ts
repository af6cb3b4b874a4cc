/** Cuts text that comes in pieces into sentences, so that the first can be spoken before the last is known. Pure. */

/** Ends a sentence where something white follows. */
const END = /[.!?…:;]["'”’)\]]*(?=\s)|[。！？｡]|\n/gu;
/** Not the end of one, though a dot stands there. */
const ABBREVIATION = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|nr|no|vs|e\.g|i\.e|z\.b|bzw|ca|approx|[a-z])\.$/iu;
/** What is longer is cut where it breathes: a caller waits. */
const LONG = 160;
const BREATH = /[,，、—–]\s?|\s/gu;

export type SentenceCutter = {
  /** Takes more of the text; gives the sentences that are whole by it. */
  add(text: string): readonly string[];
  /** Gives what is left at the end. */
  end(): readonly string[];
};

export function sentenceCutter(): SentenceCutter {
  let rest = "";

  function take(length: number): readonly string[] {
    const sentence = speakable(rest.slice(0, length));
    rest = rest.slice(length);
    return sentence === "" ? [] : [sentence];
  }

  function cut(): readonly string[] {
    const sentences: string[] = [];
    for (let at = endOf(rest); at !== undefined; at = endOf(rest)) sentences.push(...take(at));
    return sentences;
  }

  return {
    add(text) {
      rest += text;
      return cut();
    },
    end: () => [...cut(), ...take(rest.length)],
  };
}

/** Where the first sentence ends; undefined when that is not known yet. */
function endOf(text: string): number | undefined {
  for (const { 0: mark, index } of text.matchAll(END)) {
    const end = index + mark.length;
    if (end > LONG * 2) break;
    if (!ABBREVIATION.test(text.slice(0, end))) return end;
  }
  if (text.length <= LONG) return undefined;
  const breaths = [...text.slice(0, LONG).matchAll(BREATH)];
  const last = breaths.findLast(([mark]) => mark.trim() !== "") ?? breaths.at(-1);
  return last && last.index > 0 ? last.index + last[0].length : LONG;
}

/** Without the marks by which text is made up for the eye. */
function speakable(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replaceAll(/^\s*(?:#{1,6}|[-*•])\s+/gmu, "")
    .replaceAll(/\*\*|__|[*`]/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
}
