/** What a command has to say, for people and for programs. */
export type Report = {
  readonly text: string;
  readonly json: unknown;
  /** It did its work, and what it found is bad. */
  readonly failed?: boolean;
};

/** Rows as lines with aligned columns; the last column is as long as it likes. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return lines(
    rows.map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join(gap)
        .trimEnd(),
    ),
  );
}

/** Lines, each with its end. */
export const lines = (given: readonly string[]): string => given.map((line) => `${line}\n`).join("");

/** As much of a text as fits beside others. */
export const shorten = (text: string, limit = 100): string =>
  text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
