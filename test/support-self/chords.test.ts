import { expect, test } from "vitest";
import { choirOf, choirOfMany, chordOf } from "../support/chords.ts";
import { freshCodec } from "../support/rtp/codec.ts";
import { tone } from "../support/tones.ts";

const sum = (parts: readonly Int16Array[]): Int16Array =>
  Int16Array.from(parts[0] ?? [], (_, index) => parts.reduce((total, part) => total + (part[index] ?? 0), 0));
/** As Asterisk gets it from each and gives it to one. */
const throughCodec = (pcm: Int16Array): Int16Array => {
  const codec = freshCodec("pcmu");
  return codec.decode(codec.encode(pcm));
};

test.each([0, 14, 29])("of thirty who speak at once, who is missing is missed: number %i", (missing) => {
  const choir = choirOfMany(30);
  const others = choir.frequencies.filter((_, index) => index !== missing);
  const spoken = others.map((frequency) => throughCodec(tone(frequency, 100, 8_000, choir.amplitude)));
  expect(chordOf(throughCodec(sum(spoken)), choir)).toEqual(others);
});

test("silence, and what is none of the choir, are no chord", () => {
  const choir = choirOf(440, 620, 850);
  expect(chordOf(new Int16Array(800), choir)).toEqual([]);
  expect(chordOf(tone(1_100, 100), choir)).toEqual([]);
  expect(chordOf(sum([tone(440, 100), tone(850, 100)]), choir)).toEqual([440, 850]);
});
