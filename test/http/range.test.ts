import { expect, test } from "vitest";
import { rangeOf } from "../../src/http/range.ts";

test.each([
  [undefined, "all"],
  ["", "all"],
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=10-19", { first: 10, last: 19 }],
  ["bytes=10-", { first: 10, last: 99 }],
  ["bytes=90-1000", { first: 90, last: 99 }],
  ["bytes=-10", { first: 90, last: 99 }],
  ["bytes=-1000", { first: 0, last: 99 }],
  ["Bytes= 1 - 2 ", { first: 1, last: 2 }],
  ["bytes=100-", "none"],
  ["bytes=-0", "none"],
  ["bytes=9-8", "all"],
  ["bytes=-", "all"],
  ["bytes=0-1,5-6", "all"],
  ["items=0-1", "all"],
  ["bytes=a-b", "all"],
])("of 100 bytes, %s asks for %j", (header, expected) => expect(rangeOf(header, 100)).toEqual(expected));

test("of no bytes nothing can be asked", () => {
  expect([rangeOf("bytes=0-", 0), rangeOf("bytes=-1", 0), rangeOf(undefined, 0)]).toEqual(["none", "none", "all"]);
});
