import { describe, expect, test } from "vitest";
import { asSsml, isSsml, plainTextOf } from "../../src/providers/synthesis/ssml.ts";

describe("what is SSML", () => {
  test.each([
    ["<speak>Hi</speak>", true],
    ['  <speak version="1.1">Hi</speak>', true],
    ["<speaker>", false],
    ["Press < 1", false],
  ])("%s: %s", (text, expected) => expect(isSsml(text)).toBe(expected));
});

describe("a text with elements of SSML in it is SSML", () => {
  test.each([
    ['You entered <break time="200ms"/> 12.', true],
    ["One<break time='1s'>two", true],
    ["Press <say-as interpret-as='characters'>12</say-as>, or a < b & c", true],
    ["<p>One</p><p>Two</p>", true],
    ["<PROSODY rate='slow'>One</PROSODY>", true],
    ["<amazon:effect name='whispered'>One</amazon:effect>", true],
    ["a < b", false],
    ["1<2>3", false],
    ["a <b> c", false],
    ["Press <p> to pay, <s> to stop", false],
    ["<b>bold</b> and <whisper>low</whisper>", false],
    ["break/> and speak", false],
    ["<break time='1s", false],
    ["Hello </p> there", false],
    ["<!-- <break/> -->", false],
  ])("%s: %s", (text, expected) => expect(asSsml(text)).toBe(expected ? `<speak>${text}</speak>` : text));

  test.each([
    ["<speak>One<break/>two</speak>", "<speak>One<break/>two</speak>"],
    ['<?xml version="1.0"?>\n<speak>One</speak>', "<speak>One</speak>"],
  ])("%s is one already", (text, document) => expect(asSsml(text)).toBe(document));

  test("which is heard without its tags", () => {
    expect(plainTextOf(asSsml('You entered <break time="200ms"/> 12, a < b.'))).toBe("You entered, 12, a < b.");
  });
});

describe("SSML is heard as", () => {
  test.each([
    ["plain words", "<speak>Hello <emphasis level='strong'>dear</emphasis> caller</speak>", "Hello dear caller."],
    ["a long pause", "<speak>One moment<break time='1s'/>please</speak>", "One moment. please."],
    ["a short pause", '<speak>One<break time="200ms"/>two</speak>', "One, two."],
    ["no pause", '<speak>One<break strength="none"/>two</speak>', "One two."],
    ["sentences", "<speak><p><s>One</s><s>Two.</s></p><p>Three</p></speak>", "One. Two. Three."],
    ["an alias", '<speak>The <sub alias="World Wide Web">WWW</sub> is up</speak>', "The World Wide Web is up."],
    ["spelt digits", '<speak>Code <say-as interpret-as="digits">123</say-as></speak>', "Code 1 2 3."],
    ["the text beside audio", '<speak><audio src="a.mp3"><desc>bell</desc>ding</audio></speak>', "ding."],
    ["entities", "<speak>Tom &amp; Jerry &#233;t&#xE9; &lt;b&gt;</speak>", "Tom & Jerry été <b>."],
    ["CDATA", "<speak><![CDATA[a < b]]></speak>", "a < b."],
    ["without comments", "<speak>a<!-- <b>secret</b> -->b<?x y?></speak>", "ab."],
    ["a bracket in an attribute", '<speak>a<mark name="x>y"/>b</speak>', "ab."],
    ["a bare sign", "<speak>press <1 & hold</speak>", "press <1 & hold."],
    ["what is there, without an end", "<speak>Hello <b>world", "Hello world"],
    ["what came before a broken tag", '<speak>Hello <b "world</speak>', "Hello"],
    ["what came before an open comment", "<speak>Hello <!-- world</speak>", "Hello"],
    ["nothing, for unknown entities", "<speak>a&nbsp;b&#x110000;&constructor;</speak>", "ab."],
    ["nothing", "<speak><break time='3s'/></speak>", ""],
  ])("%s", (_name, ssml, heard) => expect(plainTextOf(ssml)).toBe(heard));

  test("a bomb of entities stays as small as it came", () => {
    const levels = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
    const bomb = `<?xml version="1.0"?><!DOCTYPE speak [<!ENTITY l0 "ha">${levels}]><speak>&l9;ok</speak>`;
    expect(plainTextOf(bomb)).toBe("ok.");
  });

  test.each([
    ["open comments", "<!--"],
    ["open tags", '<a"'],
    ["open quotes", "<a b='"],
    ["nesting", "<a>"],
    ["silent nesting", "<sub>"],
    ["doctypes", "<!DOCTYPE a["],
    ["attributes", "<a a"],
    ["brackets", "<"],
    ["ampersands", "&#"],
    ["entities", "&aaaaaaaaaaaa"],
    ["breaks", "<break/>"],
    ["spaces", " \n"],
    ["closing", "</p>"],
  ])("32 KiB of %s take no time", (_name, piece) => {
    const startMs = performance.now();
    plainTextOf(`<speak>${piece.repeat(32_768 / piece.length)}`);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
