import { expect, test } from "vitest";
import { typeOfHead } from "../../src/providers/audio/audio-type.ts";

test.each([
  ["RIFF\x24\x00\x00\x00WAVEfmt ", "wav"],
  ["RIFX\x00\n\x00\x00WAVEfmt ", "wav"],
  ["fLaC\x00", "flac"],
  [`OggS${"\x00".repeat(24)}\x01vorbis`, "vorbis"],
  [`OggS${"\x00".repeat(24)}OpusHead`, "opus"],
  [`OggS${"\x00".repeat(24)}\x80theora`, undefined],
  ["ID3\x04\x00", "mp3"],
  ["\xff\xfb\x90\x44", "mp3"],
  ["\xff\xf1\x50\x80", undefined],
  ["\xff\xff\xff\xff", undefined],
  ["RIFF\x24\x00\x00\x00AVI LIST", undefined],
  ["<!doctype html>", undefined],
  ["#EXTM3U\nhttp://127.0.0.1/", undefined],
  ["[playlist]\nFile1=/etc/passwd", undefined],
  ["", undefined],
])("%j is %s", (head, type) => expect(typeOfHead(Buffer.from(head, "latin1"))).toBe(type));
