import { open } from "node:fs/promises";

/** Kinds of audio files that we read, by sox's names for them. */
export type AudioType = "wav" | "flac" | "vorbis" | "opus" | "mp3";

/** Enough for the first page of an OGG file, where its codec is named. */
const HEAD_BYTES = 512;

/**
 * Judges a file by its content, never by what it is called; undefined when it is not audio that we read. The program
 * that decodes it must be told the answer: left to guess, it would also follow playlists.
 */
export async function audioTypeOf(path: string): Promise<AudioType | undefined> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return typeOfHead(buffer.subarray(0, bytesRead));
}

/** Judges the first bytes of a file. */
export function typeOfHead(head: Buffer): AudioType | undefined {
  const text = head.toString("latin1");
  if (/^RIF[FX].{4}WAVE/s.test(text)) return "wav";
  if (text.startsWith("fLaC")) return "flac";
  if (text.startsWith("OggS"))
    return text.includes("OpusHead") ? "opus" : text.includes("\x01vorbis") ? "vorbis" : undefined;
  return text.startsWith("ID3") || isMpegFrame(head) ? "mp3" : undefined;
}

/** 11 bits of sync, then version, layer, bit rate and sample rate, each with one value that is never used. */
function isMpegFrame([first = 0, second = 0, third = 0]: Buffer): boolean {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  const [version, layer, bitRate, sampleRate] = [(second >> 3) & 3, (second >> 1) & 3, third >> 4, (third >> 2) & 3];
  return version !== 1 && layer !== 0 && bitRate !== 15 && sampleRate !== 3;
}
