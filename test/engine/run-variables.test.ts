import { expect, test } from "vitest";
import { createRunVariables } from "../../src/engine/run-variables.ts";

const limits = { valueBytes: 10, totalBytes: 30 };
const open = (initial: Readonly<Record<string, string>> = {}) => {
  let changes = 0;
  const onChange = () => {
    changes += 1;
  };
  return {
    variables: createRunVariables(initial, { limits, computed: { made: () => "now" }, onChange }),
    changes: () => changes,
  };
};

test("values are set, read and counted anew when they change", () => {
  const { variables, changes } = open({ a: "123456789" });
  for (let time = 0; time < 10; time++) variables.set("b", "123456789");
  variables.set("a", "");
  variables.set("c", "123456789");
  expect(variables.all()).toEqual({ a: "", b: "123456789", c: "123456789", made: "now" });
  expect(variables.stored()).not.toHaveProperty("made");
  expect(changes()).toBe(12);
});

test("all of several are set, or none", () => {
  const { variables, changes } = open({ a: "1" });
  const tooMany = ["b", "c", "d", "e"].map((name) => [name, "1234567"] as const);
  expect(() => variables.setAll(tooMany)).toThrow('variable "e" would exceed 30 bytes');
  expect(variables.stored()).toEqual({ a: "1" });
  expect(changes()).toBe(0);
  variables.setAll(tooMany.slice(0, 3));
  expect(Object.keys(variables.stored())).toEqual(["a", "b", "c", "d"]);
});

test("a value that comes twice counts once", () => {
  const { variables } = open();
  variables.setAll([
    ["a", "12345678"],
    ["a", "1234567"],
    ["a", "123456"],
    ["a", "12345"],
  ]);
  expect(variables.stored()).toEqual({ a: "12345" });
});

test("twenty thousand new variables take no noticeable time", () => {
  const variables = createRunVariables({}, { limits: { valueBytes: 9, totalBytes: 1e9 }, computed: {}, onChange() {} });
  for (let index = 0; index < 20_000; index++) variables.set(`name${index}`, "1");
  expect(Object.keys(variables.stored())).toHaveLength(20_000);
});
