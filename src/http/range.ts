import type { ByteRange } from "../ports/recording-storage.ts";

/**
 * The one range that a `Range` header asks of a file of this size; `all` when it asks for none, or in a way that may be
 * ignored (RFC 9110, 14.2), `none` when the file has nothing of it.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | "all" | "none" {
  const [, from, to] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return "all";
  if (from === "")
    return Number(to) === 0 || size === 0 ? "none" : { first: Math.max(0, size - Number(to)), last: size - 1 };
  const first = Number(from);
  if (to !== "" && Number(to) < first) return "all";
  return first >= size ? "none" : { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
