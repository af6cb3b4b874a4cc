import fc from "fast-check";
import { expect, test } from "vitest";
import {
  hasPlaceholder,
  isSystemVariable,
  placeholdersIn,
  substitute,
  substituteText,
  systemVariables,
} from "../../src/flow/variables.ts";

const values = new Map([
  ["name", "Ada"],
  ["tricky", "${name}"],
  ["a b", "spaced"],
  ["", "nameless"],
  ["a${b", "odd"],
]);
const put = (text: string) => substituteText(text, (name) => values.get(name));

test.each([
  ["Hello ${name}!", "Hello Ada!"],
  ["${name}${name}", "AdaAda"],
  ["${missing}", ""],
  ["${tricky}", "${name}"],
  ["${a b} ${}", "spaced nameless"],
  ["${a${b}", "odd"],
  ["${name", "${name"],
  ["$name {name} $ {name} }", "$name {name} $ {name} }"],
  ["$${name}", "$Ada"],
  ["", ""],
])("%j becomes %j", (text, expected) => {
  expect(put(text)).toBe(expected);
});

test("in a tree, values are substituted; keys and what is no text are not", () => {
  const tree = { "${name}": ["${name}", 5, null, true, { deep: "${name}" }], number: 1.5 };
  expect(substitute(tree, (name) => values.get(name))).toEqual({
    "${name}": ["Ada", 5, null, true, { deep: "Ada" }],
    number: 1.5,
  });
});

test("a key called __proto__ stays a key", () => {
  const copy = substitute(JSON.parse('{"__proto__": "${name}"}'), (name) => values.get(name));
  expect(JSON.stringify(copy)).toBe('{"__proto__":"Ada"}');
});

test("a megabyte of unclosed placeholders takes no time", () => {
  const text = "${".repeat(500_000);
  const startedAtMs = performance.now();
  expect(put(text)).toBe(text);
  expect(hasPlaceholder(text)).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(500);
});

const text = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", "b", "é", "\n") });

test("text without a placeholder is left as it is", () => {
  fc.assert(fc.property(text, (text) => hasPlaceholder(text) || put(text) === text));
});

test("what is put in is never looked at again", () => {
  fc.assert(
    fc.property(text, text, (text, value) => {
      const parts = text.split(/\$\{[^}]*\}/);
      expect(substituteText(text, () => value)).toBe(parts.join(value));
    }),
  );
});

test("the names that are found are those that are asked for", () => {
  fc.assert(
    fc.property(text, (text) => {
      const asked: string[] = [];
      substituteText(text, (name) => void asked.push(name));
      expect(placeholdersIn(text)).toEqual(asked);
    }),
  );
});

test("the system keeps what it sets, and its groups", () => {
  expect(systemVariables.filter((name) => !isSystemVariable(name))).toEqual([]);
  expect(isSystemVariable("voipbin.call.whatever")).toBe(true);
});

test.each([["customer.language"], ["voipbin.tts.gcp.voice_id"], ["voipbin.callback"], ["voipbin"], ["call.id"], [""]])(
  "%j is not the system's",
  (name) => {
    expect(isSystemVariable(name)).toBe(false);
  },
);
