import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanSsml, commonDialect } from "../../src/providers/synthesis/clean-ssml.ts";
import { piecesOf } from "../../src/providers/synthesis/pieces.ts";

const clean = (ssml: string): string | undefined => cleanSsml(ssml, commonDialect);

describe("SSML for a cloud", () => {
  test.each([
    [
      "stays as it is",
      '<speak>a <prosody rate="slow">b</prosody></speak>',
      '<speak>a <prosody rate="slow">b</prosody></speak>',
    ],
    ["has known attributes only", '<speak onload="x"><p class="y">a</p></speak>', "<speak><p>a</p></speak>"],
    ["loses unknown elements, not their words", "<speak><foo>a <b>b</b></foo></speak>", "<speak>a b</speak>"],
    ["loses what is not for hearing", "<speak><desc>x<p>y</p></desc>a</speak>", "<speak>a</speak>"],
    ["fetches nothing", '<speak><audio src="http://x/">a</audio></speak>', "<speak>a</speak>"],
    ["has the words of CDATA", "<speak><![CDATA[a < b & c]]></speak>", "<speak>a &lt; b &amp; c</speak>"],
    ["has no comments", "<speak>a<!-- <p> -->b<?x y?></speak>", "<speak>ab</speak>"],
    ["has no declarations", '<speak><!DOCTYPE x [<!ENTITY e "aa">]>&e;b</speak>', "<speak>b</speak>"],
    [
      "has no long pause",
      '<speak>a<break time="1h"/><break time="99s"/></speak>',
      '<speak>a<break/><break time="10000ms"/></speak>',
    ],
    ["has bare signs escaped", "<speak>1 < 2 & 3</speak>", "<speak>1 &lt; 2 &amp; 3</speak>"],
    [
      "has its quotes escaped",
      "<speak><sub alias='\"x\" &amp;'>a</sub></speak>",
      '<speak><sub alias="&quot;x&quot; &amp;">a</sub></speak>',
    ],
    ["has no controls", "<speak>a\u0000\u001bb\u202e</speak>", "<speak>ab</speak>"],
  ])("%s", (_name, given, expected) => expect(clean(given)).toBe(expected));

  test.each([
    ["that never ends", "<speak>a"],
    ["that is crossed", "<speak><p><s>a</p></s></speak>"],
    ["that is broken", '<speak><p a="></speak>'],
    ["with words behind it", "<speak>a</speak>b"],
    ["with another behind it", "<speak>a</speak><speak>b</speak>"],
    ["within another", "<speak><speak>a</speak></speak>"],
    ["too deep", `<speak>${"<p>".repeat(30)}a${"</p>".repeat(30)}</speak>`],
    ["too long-winded", `<speak>a${'<break time="10s"/>'.repeat(7)}</speak>`],
    ["too full", `<speak>a${"<break/>".repeat(1_001)}</speak>`],
  ])("%s is no SSML", (_name, given) => expect(clean(given)).toBeUndefined());

  test("is clean when it is cleaned again, whatever it was", () => {
    const piece = fc.constantFrom(
      "<p>",
      "</p>",
      "<x>",
      "</x>",
      "a",
      "&",
      "<",
      '"',
      "<break time='1s'/>",
      "]]>",
      "&amp;",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = clean(`<speak>${pieces.join("")}</speak>`);
        if (once !== undefined) expect(clean(once)).toBe(once);
      }),
    );
  });
});

describe("a text in pieces", () => {
  const lengthOf = (text: string): number => text.length;
  test.each([
    ["one that fits", "One. Two.", 20, ["One. Two."]],
    ["sentences", "One two. Three four. Five.", 14, ["One two. ", "Three four. ", "Five."]],
    ["words", "one two three", 8, ["one two ", "three"]],
    ["characters", "aaaaaa", 4, ["aaaa", "aa"]],
  ])("%s", (_name, text, most, pieces) => expect(piecesOf(text, most, lengthOf)).toEqual(pieces));

  test("is the same text, and no piece is too long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 40, max: 80 }), (text, most) => {
        const pieces = piecesOf(text, most, Buffer.byteLength);
        expect(pieces.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
        expect(pieces.length === 1 || pieces.every((piece) => Buffer.byteLength(piece) <= most)).toBe(true);
      }),
    );
  });
});
