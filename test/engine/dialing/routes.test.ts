import { expect, test } from "vitest";
import { callerIdFor, isAllowed, isRetryable, routesFor } from "../../../src/engine/dialing/routes.ts";
import { aTrunk } from "./trunks.ts";

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;

const trunks = [
  aTrunk({ name: "world", prefixes: ["+"], tm_create: at(1) }),
  aTrunk({ name: "cheap world", prefixes: [], priority: 0, tm_create: at(0) }),
  aTrunk({ name: "last resort", prefixes: [""], priority: 9 }),
  aTrunk({ name: "Germany", prefixes: ["+49", "+43"], priority: 5 }),
  aTrunk({ name: "Berlin", prefixes: ["+4930", "+4"], priority: 7 }),
  aTrunk({ name: "Berlin, better", prefixes: ["+44", "+4930"], priority: 6 }),
];

test.each([
  ["+4930123", ["Berlin, better", "Berlin", "Germany", "cheap world", "world", "last resort"]],
  ["+4989123", ["Germany", "Berlin", "cheap world", "world", "last resort"]],
  ["+431", ["Germany", "Berlin", "cheap world", "world", "last resort"]],
  ["+441", ["Berlin, better", "Berlin", "cheap world", "world", "last resort"]],
  ["+15550100", ["cheap world", "world", "last resort"]],
])("%s goes through the longest prefix, then by priority, then through the oldest", (number, names) => {
  expect(routesFor(number, trunks).map(({ name }) => name)).toEqual(names);
  expect(routesFor(number, trunks.toReversed()).map(({ name }) => name)).toEqual(names);
});

test("trunks of one time go in the order of their ids, and a number without a trunk goes nowhere", () => {
  const twins = ["b", "a"].map((id) => aTrunk({ id, prefixes: ["+49"] }));
  expect(routesFor("+491", twins).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(routesFor("+441", twins)).toEqual([]);
  expect(routesFor("+491", [])).toEqual([]);
});

test.each([
  ["+4930123456", [], false],
  ["+4930123456", ["+49"], true],
  ["+4930123456", ["+43", "+4930"], true],
  ["+4930123456", ["+43"], false],
  ["+4930123456", ["+"], true],
  ["4930123456", ["+"], false],
  ["030123456", ["+"], false],
  ["110", ["+"], false],
  ["+0930123456", ["+"], false],
  ["+49", ["+4930"], false],
  ["+49301;x=y", ["+"], false],
  ["+49301@host", ["+"], false],
  ["+49 30 123", ["+"], false],
  ["+4930123\n", ["+"], false],
  [`+49${"1".repeat(14)}`, ["+"], false],
  ["", ["+"], false],
])("%j, where %j may be dialled: %s", (number, allowed, expected) => {
  expect(isAllowed(number, allowed)).toBe(expected);
});

const OWNED = ["+4930111", "+4989*", "*", "1000"];

test.each([
  ["one's own number", { type: "tel", target: "+4930111" }, "+4930999", "+4930111"],
  ["somebody's number", { type: "tel", target: "+15550100" }, "+4930999", "+4930999"],
  ["a number that only a prefix leads to", { type: "tel", target: "+4989123" }, "+4930999", "+4930999"],
  ["an extension", { type: "extension", target: "id", target_name: "1001" }, "+4930999", "+4930999"],
  ["an extension named like one's number", { type: "extension", target: "1000" }, "+4930999", "+4930999"],
  ["a SIP address", { type: "sip", target: "sip:anna@example.com" }, "+4930999", "+4930999"],
  ["somebody's number, where the trunk has none", { type: "tel", target: "+15550100" }, null, "+15550100"],
  ["an extension, where the trunk has none", { type: "extension", target: "1001" }, null, "1001"],
] as const)("who calls from %s", (_what, source, caller_id, expected) => {
  expect(callerIdFor({ ...source, name: "Anna" }, { caller_id }, OWNED)).toMatchObject({
    target: expected,
    name: "Anna",
  });
});

test("a source that is used stays whole, one that is replaced becomes a telephone number", () => {
  const source = { type: "extension", target: "id", target_name: "1001", detail: "desk" } as const;
  expect(callerIdFor(source, { caller_id: null }, [])).toEqual(source);
  expect(callerIdFor(source, { caller_id: "+4930999" }, [])).toEqual({ type: "tel", target: "+4930999" });
});

test.each([
  [[16, 17, 19, 20, 21, 22, 26], false],
  [[0, 1, 2, 3, 18, 27, 28, 29, 31, 34, 38, 41, 42, 44, 47, 58, 102, 127], true],
])("causes %j: the next trunk may do better: %s", (causes, expected) => {
  expect(causes.map(isRetryable)).toEqual(causes.map(() => expected));
});
