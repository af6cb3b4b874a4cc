import { orAborted } from "../or-aborted.ts";
import { isVoice } from "./loudness.ts";
import { bytesOf, inPieces } from "./pieces.ts";
import type { RecognitionOrder, RecognitionProvider, Recognized } from "./provider.ts";

/** One sentence, or as much of it as is taken at once. */
export type Segment = { readonly pcm: Buffer; readonly startMs: number; readonly endMs: number };

const STEP_MS = 20;
/** A word begins more softly than it goes on. */
const LEAD_MS = 300;
/** Shorter sound is none. */
const LEAST_VOICE_MS = 120;
/** After so long a shorter pause will do, and at last none. */
const LONG_MS = 8_000;
const SHORT_PAUSE_MS = 200;
const LONGEST_MS = 15_000;

/** A provider that understands whole sentences, one after the other; such a pause parts them. */
export const bySegments = (
  understand: (
    segment: Segment,
    order: RecognitionOrder,
    signal: AbortSignal,
  ) => Promise<Pick<Recognized, "text" | "confidence">>,
  pauseMs: number,
): RecognitionProvider => ({
  name: "local",
  isPrompt: false,
  longestMs: Number.POSITIVE_INFINITY,
  async *recognize(order, signal) {
    const segments = segmentsOf(order, pauseMs)[Symbol.asyncIterator]();
    for (;;) {
      const next = await orAborted(segments.next(), signal);
      if (next.done) return;
      const { startMs, endMs } = next.value;
      yield { ...(await understand(next.value, order, signal)), isFinal: true, startMs, endMs };
    }
  },
});

/** What is said, cut at its pauses. */
export async function* segmentsOf(
  { audio, sampleRateHz }: Pick<RecognitionOrder, "audio" | "sampleRateHz">,
  usualPauseMs: number,
): AsyncIterable<Segment> {
  let nowMs = 0;
  let kept: Buffer[] = [];
  let voicedMs = 0;
  let quietMs = 0;
  const cut = (): Segment | undefined => {
    const pcm = Buffer.concat(kept);
    const segment = { pcm, startMs: nowMs - kept.length * STEP_MS, endMs: nowMs };
    const isSpeech = voicedMs >= LEAST_VOICE_MS;
    kept = kept.slice(-LEAD_MS / STEP_MS);
    voicedMs = 0;
    quietMs = 0;
    return isSpeech ? segment : undefined;
  };
  for await (const step of inPieces(audio, bytesOf(STEP_MS, sampleRateHz))) {
    nowMs += STEP_MS;
    kept.push(step);
    const isLoud = isVoice(step);
    quietMs = isLoud ? 0 : quietMs + STEP_MS;
    if (isLoud) voicedMs += STEP_MS;
    if (voicedMs === 0) kept = kept.slice(-LEAD_MS / STEP_MS);
    const lengthMs = kept.length * STEP_MS;
    const pauseMs = lengthMs > LONG_MS ? Math.min(SHORT_PAUSE_MS, usualPauseMs) : usualPauseMs;
    const isOver = voicedMs > 0 && (quietMs >= pauseMs || lengthMs >= LONGEST_MS);
    const segment = isOver ? cut() : undefined;
    if (segment) yield segment;
  }
  const last = cut();
  if (last) yield last;
}
