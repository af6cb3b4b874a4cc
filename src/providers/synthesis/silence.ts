/** What is kept for the last one: enough for any prompt. */
const LAST_MS = 4_000;
/** Of a time so short that little is left for the others, the last one has this much. */
const LAST_SHARE = 0.5;

/** How the time in which a caller may hear nothing is shared between the last provider and those before it. */
export function sharesOf(silenceMs: number): { readonly othersMs: number; readonly lastMs: number } {
  const lastMs = Math.min(LAST_MS, Math.floor(silenceMs * LAST_SHARE));
  return { othersMs: silenceMs - lastMs, lastMs };
}
