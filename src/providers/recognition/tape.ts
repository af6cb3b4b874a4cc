/**
 * The audio of one listening, kept for as long as it has not been understood for good.
 *
 * 1. What is settled is thrown away; so is silence before the first sound that is not.
 * 2. Nobody who still reads loses anything, unless too much would have to be kept: then the reader fails.
 */
import { isVoice } from "./loudness.ts";
import { RecognitionProviderError } from "./provider.ts";

const BYTES_A_SAMPLE = 2;
/** Longer than anybody speaks without a pause in which it is settled; 2 MB. */
const MOST_KEPT_MS = 60_000;
/** A word begins more softly than it goes on. */
const LEAD_MS = 500;
/** Less sound is none: a click, or what remained of a word. */
const CLICK_MS = 100;
/** After so much silence a click is no beginning of anything. */
const CLICK_OVER_MS = 2_000;

type Piece = { readonly bytes: Uint8Array; readonly endMs: number; readonly voicedMs: number };
type Reader = { nextIndex: number; lost: boolean };

export type Tape = ReturnType<typeof createTape>;

export function createTape(sampleRateHz: number) {
  const bytesAMs = (sampleRateHz * BYTES_A_SAMPLE) / 1_000;
  const readers = new Set<Reader>();
  const pieces: Piece[] = [];
  /** How many pieces there were before the first that is kept. */
  let gone = 0;
  let lengthMs = 0;
  let settledMs = 0;
  let voicedMs = 0;
  let lastVoicedMs = 0;
  let lostMs = 0;
  let hasEnded = false;
  let news = Promise.withResolvers<void>();

  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };

  const startMs = () => pieces[0] && pieces[0].endMs - pieces[0].bytes.length / bytesAMs;

  /** Whether the first piece is wanted by nobody. */
  function isSpare({ endMs }: Piece): boolean {
    if (endMs <= settledMs) return true;
    if (voicedMs === 0) return endMs < lengthMs - LEAD_MS;
    return (
      voicedMs <= CLICK_MS &&
      endMs < Math.min(lengthMs - LEAD_MS, lastVoicedMs + 1) &&
      lengthMs - lastVoicedMs > CLICK_OVER_MS
    );
  }

  function trim(): void {
    const unread = Math.min(...[...readers].map(({ nextIndex }) => nextIndex));
    for (let first = pieces[0]; first; first = pieces[0]) {
      const isTooOld = first.endMs < lengthMs - MOST_KEPT_MS;
      if (!isTooOld && !(isSpare(first) && gone < unread)) break;
      pieces.shift();
      gone += 1;
      if (first.endMs > settledMs) {
        voicedMs -= first.voicedMs;
        if (readers.size === 0 && isTooOld) lostMs += first.voicedMs;
      }
      for (const reader of readers) if (reader.nextIndex < gone) reader.lost = true;
    }
  }

  return {
    /** How much audio there has been. */
    get lengthMs() {
      return lengthMs;
    },
    get hasEnded() {
      return hasEnded;
    },
    /** Where a next provider has to begin. */
    get settledMs() {
      return settledMs;
    },
    /** Whether what is not settled may be speech. */
    get isVoiced() {
      return voicedMs > CLICK_MS;
    },
    /** How much that may have been speech was thrown away because nobody listened; told once. */
    takeLostMs(): number {
      const lost = lostMs;
      lostMs = 0;
      return lost;
    },
    /** How much of it. */
    get voicedMs() {
      return voicedMs;
    },
    /** Adds audio; gives how much of it may be speech. */
    add(bytes: Uint8Array): number {
      const piece = { bytes, ...measured(bytes) };
      lengthMs = piece.endMs;
      voicedMs += piece.voicedMs;
      if (piece.voicedMs > 0) lastVoicedMs = piece.endMs;
      pieces.push(piece);
      trim();
      tell();
      return piece.voicedMs;
    },
    end(): void {
      hasEnded = true;
      tell();
    },
    /** Everything until then has been understood for good. */
    settle(untilMs: number): void {
      const until = Math.min(untilMs, lengthMs);
      for (const { endMs, voicedMs: voiced } of pieces) if (endMs > settledMs && endMs <= until) voicedMs -= voiced;
      settledMs = Math.max(settledMs, until);
      trim();
    },
    /** The audio from what is not settled on, as it comes; fails when it is read too slowly. */
    read(): { readonly startMs: number; readonly audio: AsyncIterable<Uint8Array>; close(): void } {
      const reader: Reader = { nextIndex: gone, lost: false };
      const skipped = pieces.findIndex(({ endMs }) => endMs > settledMs);
      if (skipped > 0) reader.nextIndex += skipped;
      readers.add(reader);
      const first = pieces[reader.nextIndex - gone];
      const from = first ? first.endMs - first.bytes.length / bytesAMs : (startMs() ?? lengthMs);
      return { startMs: from, audio: follow(reader), close: () => close(reader) };
    },
  };

  function close(reader: Reader): void {
    readers.delete(reader);
    tell();
  }

  async function* follow(reader: Reader): AsyncIterable<Uint8Array> {
    while (readers.has(reader)) {
      if (reader.lost)
        throw new RecognitionProviderError("timeout", "it takes the audio more slowly than it is spoken");
      const piece = pieces[reader.nextIndex - gone];
      if (piece) {
        reader.nextIndex += 1;
        yield piece.bytes;
      } else if (hasEnded) return;
      else await news.promise;
    }
  }

  function measured(bytes: Uint8Array): { endMs: number; voicedMs: number } {
    const durationMs = bytes.length / bytesAMs;
    return { endMs: lengthMs + durationMs, voicedMs: isVoice(bytes) ? durationMs : 0 };
  }
}
