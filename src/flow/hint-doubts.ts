/** Whom hints are of no use to: Amazon takes vocabularies only that were stored in the account before. */
const WITHOUT_HINTS = "aws";

/** Doubts about hints for one who takes none. */
export function doubtsOfHints({
  provider,
  hints,
}: {
  readonly provider?: string | undefined;
  readonly hints: readonly string[];
}): Readonly<Record<string, string>> {
  if (provider !== WITHOUT_HINTS || hints.length === 0) return {};
  return { hints: `${WITHOUT_HINTS} takes no hints: they only count when it fails, and another provider goes on` };
}
