import { expect, test } from "vitest";
import { brokenLimit, bytesOf } from "../../src/flow/variable-limits.ts";

const limits = { valueBytes: 6, totalBytes: 14 };

test.each([
  ["a", "123456", undefined],
  ["a", "1234567", 6],
  ["a", "ééé", undefined],
  ["a", "éééé", 6],
  ["held", "123456", undefined],
  ["new", "1234", undefined],
  ["new", "12345", 14],
])("%s = %s breaks the limit %j", (name, value, limit) => {
  expect(brokenLimit(value, totalWith(name, value), limits)).toBe(limit);
});

/** The size of all variables when one is set beside, or instead of, `held`. */
function totalWith(name: string, value: string): number {
  const held = { held: "123", [name]: value };
  return Object.entries(held).reduce((sum, [each, content]) => sum + bytesOf(each, content), 0);
}
