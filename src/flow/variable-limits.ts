/** How much the variables of one run may hold, in bytes of UTF-8. */
export type VariableLimits = { readonly valueBytes: number; readonly totalBytes: number };

export const defaultVariableLimits: VariableLimits = { valueBytes: 32 * 1024, totalBytes: 256 * 1024 };

/** The limit that would be broken if the variable had this value; undefined when it may. Names count as well. */
export function brokenLimit(
  values: ReadonlyMap<string, string>,
  name: string,
  value: string,
  limits: VariableLimits,
): number | undefined {
  const size = bytes(value);
  if (size > limits.valueBytes) return limits.valueBytes;
  let total = bytes(name) + size;
  for (const [key, held] of values) if (key !== name) total += bytes(key) + bytes(held);
  return total > limits.totalBytes ? limits.totalBytes : undefined;
}

const bytes = (text: string): number => Buffer.byteLength(text, "utf8");
