import { expect, test } from "vitest";
import { variablesOf } from "../../src/flow/answer-variables.ts";

test.each([
  [
    { name: "Ann", age: 42, vip: true, gone: null },
    { name: "Ann", age: "42", vip: "true", gone: "" },
  ],
  [
    { a: { b: { c: "deep" } }, d: 1.5 },
    { "a.b.c": "deep", d: "1.5" },
  ],
  [
    { list: ["x", { y: "z" }], none: [], empty: {} },
    { "list.0": "x", "list.1.y": "z" },
  ],
  [{ "a.b": "flat" }, { "a.b": "flat" }],
  [{ "voipbin.call.digits": "1", voipbin: { call: { status: "x" } }, voipbinary: "ok" }, { voipbinary: "ok" }],
  [{ ["x".repeat(256)]: "long", ok: "1" }, { ok: "1" }],
  [["a", "b"], {}],
  ["text", {}],
  [null, {}],
  [undefined, {}],
])("%j gives %j", (answer, variables) => {
  expect(Object.fromEntries(variablesOf(answer))).toEqual(variables);
});

test("an answer nested ten thousand deep does no harm", () => {
  const deep = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
  expect([...variablesOf({ before: "1", deep: JSON.parse(deep), after: "2" })]).toEqual([
    ["before", "1"],
    ["after", "2"],
  ]);
});

test("an answer with half a million items is gone through", () => {
  expect([...variablesOf({ list: new Array(500_000).fill(1) })]).toHaveLength(500_000);
});
