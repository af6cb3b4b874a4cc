import { distance } from "fastest-levenshtein";

/** Longer names are not typed by hand, and would take long to compare. */
const COMPARED_CHARACTERS = 64;

/** The candidate that was probably meant; undefined when none is like it. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > COMPARED_CHARACTERS) return undefined;
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > mostEdits(name, candidate)) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= mostEdits(name, candidate) && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, edits };
    }
  }
  return best?.candidate;
}

/** A third of the name may differ, and two swapped letters in a short one: more is another name. */
function mostEdits(name: string, candidate: string): number {
  const length = Math.max(name.length, candidate.length);
  return length <= 2 ? 1 : Math.max(2, Math.floor(length / 3));
}
