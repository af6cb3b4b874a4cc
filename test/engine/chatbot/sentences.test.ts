import fc from "fast-check";
import { expect, test } from "vitest";
import { sentenceCutter } from "../../../src/engine/chatbot/sentences.ts";

function cut(...pieces: readonly string[]): readonly string[] {
  const cutter = sentenceCutter();
  return [...pieces.flatMap(cutter.add), ...cutter.end()];
}

test.each([
  ["We are open. Come in!", ["We are open.", "Come in!"]],
  ["It costs 3.50 euros. Really?", ["It costs 3.50 euros.", "Really?"]],
  ["Mr. Smith is here, e.g. today. Yes.", ["Mr. Smith is here, e.g. today.", "Yes."]],
  ['He said "no." Then he left.', ['He said "no."', "Then he left."]],
  ["영업 시간은 9시입니다. 감사합니다.", ["영업 시간은 9시입니다.", "감사합니다."]],
  ["はい。ありがとうございます。", ["はい。", "ありがとうございます。"]],
  ["One\ntwo", ["One", "two"]],
  ["**Bold** and `code`, see [here](https://example.com).", ["Bold and code, see here."]],
  ["# Title\n- first\n- second", ["Title", "first", "second"]],
  ["  \n ", []],
  ["", []],
])("%j", (text, sentences) => {
  expect(cut(text)).toEqual(sentences);
});

test("a sentence is given as soon as something follows it, and not before", () => {
  const cutter = sentenceCutter();
  expect(cutter.add("We are")).toEqual([]);
  expect(cutter.add(" open.")).toEqual([]);
  expect(cutter.add(" From")).toEqual(["We are open."]);
  expect(cutter.end()).toEqual(["From"]);
});

test("what has no end is cut where it breathes, so that nobody waits for it", () => {
  const sentences = cut("we have this and that, and then some more of it ".repeat(20));
  expect(sentences.length).toBeGreaterThan(4);
  for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(160);
  expect(sentences[0]?.endsWith(",")).toBe(true);
});

test("however it comes in pieces, every word is there once and in order", () => {
  const words = fc.array(
    fc.constantFrom("we", "are", "open.", "Mr.", "3.5", "really?", "yes!\n", "x".repeat(40), "，"),
  );
  fc.assert(
    fc.property(words, fc.array(fc.integer({ min: 1, max: 9 })), (list, sizes) => {
      const text = list.join(" ");
      const pieces: string[] = [];
      for (let at = 0, n = 0; at < text.length; n += 1) {
        const size = sizes[n % Math.max(1, sizes.length)] ?? 4;
        pieces.push(text.slice(at, at + size));
        at += size;
      }
      const bare = (all: string) => all.replaceAll(/\s/gu, "");
      expect(bare(cut(...pieces).join(""))).toBe(bare(text));
    }),
  );
});
