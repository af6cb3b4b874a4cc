import { expect, test } from "vitest";
import { asciiText, spokenText } from "../../src/providers/synthesis/plain-text.ts";

test.each([
  ["one line", "Hello,\n\tyou ", "Hello, you"],
  ["no controls", "a\u0000b\u001b[31mc\u202Ed", "ab[31mcd"],
  ["joiners of Persian stay", "می\u200cخواهم", "می\u200cخواهم"],
  ["half a character becomes a mark", "a\ud800b", "a\ufffdb"],
  ["SSML is reduced", "<speak>Hi</speak>", "Hi."],
  ["text that only looks like it is not", "<b>Hi</b>", "<b>Hi</b>"],
])("spoken text: %s", (_name, text, spoken) => expect(spokenText(text)).toBe(spoken));

test.each([
  ["Café – “naïve”", 'Cafe ,  "naive"'],
  ["안녕", "  "],
])("ASCII of %s", (text, ascii) => expect(asciiText(text).replaceAll(/ {2,}/g, "  ")).toBe(ascii));
