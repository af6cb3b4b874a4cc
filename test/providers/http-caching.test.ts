import { expect, test } from "vitest";
import { conditionsOf, freshForMs } from "../../src/providers/audio/http-caching.ts";
import { redacted } from "../../src/providers/audio/media-fault.ts";
import { speechKey } from "../../src/providers/synthesis/speech-cache.ts";

test.each([
  [{}, 0],
  [{ "cache-control": "max-age=60" }, 60_000],
  [{ "cache-control": "public, Max-Age=60", age: "20" }, 40_000],
  [{ "cache-control": "max-age=60", age: "100" }, 0],
  [{ "cache-control": "no-cache, max-age=60" }, 0],
  [{ "cache-control": "no-store" }, 0],
  [{ "cache-control": "max-age=-5" }, 0],
  [{ "cache-control": "max-age=9999999999" }, 86_400_000],
])("%j is fresh for %d ms", (headers, forMs) => expect(freshForMs(headers)).toBe(forMs));

test("what is known is asked for only if it has changed", () => {
  expect(conditionsOf({ etag: '"a"', lastModified: "Sun" })).toEqual({
    "if-none-match": '"a"',
    "if-modified-since": "Sun",
  });
  expect(conditionsOf(undefined)).toEqual({});
});

test.each([
  ["https://user:secret@example.com:8443/a.wav?token=secret#secret", "https://example.com:8443/a.wav"],
  ["nonsense secret", "(not a URL)"],
])("%s is told as %s", (url, told) => expect(redacted(url)).toBe(told));

test("speech is the same for the same provider, voice, language and text only", () => {
  const base = { text: "Hi", language: "en-US" };
  const keys = [
    speechKey("local", base),
    speechKey("gcp", base),
    speechKey("local", { ...base, voice: "rms" }),
    speechKey("local", { ...base, language: "de" }),
    speechKey("local", { ...base, text: "Ho" }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(speechKey("local", { ...base, language: "EN-us", provider: "gcp" })).toBe(keys[0]);
});
