/** How much the variables of one run may hold, in bytes of UTF-8. */
export type VariableLimits = { readonly valueBytes: number; readonly totalBytes: number };

export const defaultVariableLimits: VariableLimits = { valueBytes: 32 * 1024, totalBytes: 256 * 1024 };

/** What a variable counts towards the total: its name as well; nothing when it is not set. */
export const bytesOf = (name: string, value: string | undefined): number =>
  value === undefined ? 0 : bytes(name) + bytes(value);

/** The limit that this value breaks, or that the total with it breaks; undefined when it may be set. */
export function brokenLimit(value: string, totalBytes: number, limits: VariableLimits): number | undefined {
  if (bytes(value) > limits.valueBytes) return limits.valueBytes;
  return totalBytes > limits.totalBytes ? limits.totalBytes : undefined;
}

const bytes = (text: string): number => Buffer.byteLength(text, "utf8");
