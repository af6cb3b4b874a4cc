import { orAborted } from "../../ports/or-aborted.ts";
import { isVoice } from "./loudness.ts";
import { bytesOf, inPieces } from "./pieces.ts";
import type { RecognitionOrder, RecognitionProvider, Recognized } from "./provider.ts";

/** One sentence, or as much of it as is taken at once. */
export type Segment = { readonly pcm: Buffer; readonly startMs: number; readonly endMs: number };
type Understood = Pick<Recognized, "text" | "confidence">;

/** What happens to a sentence: it pauses, and goes on after that; or it is over. */
type Cut = { readonly kind: "paused" | "over"; readonly segment: Segment } | { readonly kind: "resumed" };

const STEP_MS = 20;
/** A word begins more softly than it goes on. */
const LEAD_MS = 300;
/** Shorter sound is none. */
const LEAST_VOICE_MS = 120;
/** Longer than the silence within words. */
const PAUSED_MS = 160;
/** After so long a shorter pause will do, and at last none. */
const LONG_MS = 8_000;
const SHORT_PAUSE_MS = 200;
const LONGEST_MS = 15_000;

/**
 * A provider that understands whole sentences, one after the other; such a pause parts them. When that is urgent, it begins
 * in a shorter pause already, tells what it has understood for the time being, and begins anew when the sentence goes on.
 */
export const bySegments = (
  understand: (segment: Segment, order: RecognitionOrder, signal: AbortSignal) => Promise<Understood>,
  pauseMs: number,
): RecognitionProvider => ({
  name: "local",
  isPrompt: false,
  longestMs: Number.POSITIVE_INFINITY,
  async *recognize(order, signal) {
    const cuts = cutsOf(order, pauseMs)[Symbol.asyncIterator]();
    let guess: Guess | undefined;
    try {
      for (;;) {
        const next = cuts.next();
        const early = guess && (await orAborted(Promise.race([guess.understood, settled(next)]), signal));
        if (early && guess) yield { ...early, isFinal: false, ...timesOf(guess.segment) };
        const { value: cut, done } = await orAborted(next, signal);
        if (done) return;
        if (cut.kind === "over") {
          const { segment } = cut;
          const understood = (await guess?.understood) ?? (await understand(segment, order, signal));
          yield { ...understood, isFinal: true, ...timesOf(segment) };
        } else guess?.drop();
        guess = cut.kind === "paused" ? guessAt(cut.segment) : undefined;
      }
    } finally {
      guess?.drop();
    }

    function guessAt(segment: Segment): Guess {
      const dropped = new AbortController();
      const limit = AbortSignal.any([signal, dropped.signal]);
      // Whatever is wrong shows again when the sentence is over, and counts then.
      const understood = understand(segment, order, limit).catch(() => undefined);
      return { segment, understood, drop: () => dropped.abort(new Error("the sentence goes on")) };
    }
  },
});

/** What a sentence is, if it is over with this pause. */
type Guess = {
  readonly segment: Segment;
  readonly understood: Promise<Understood | undefined>;
  drop(): void;
};

const timesOf = ({ startMs, endMs }: Segment) => ({ startMs, endMs });
const settled = (work: Promise<unknown>): Promise<undefined> =>
  work.then(
    () => undefined,
    () => undefined,
  );

/** What is said, cut at its pauses; of shorter pauses it is told only when that is urgent. */
async function* cutsOf(
  { audio, sampleRateHz, isUrgent }: Pick<RecognitionOrder, "audio" | "sampleRateHz" | "isUrgent">,
  usualPauseMs: number,
): AsyncIterable<Cut> {
  let nowMs = 0;
  let kept: Buffer[] = [];
  let voicedMs = 0;
  let quietMs = 0;
  let isPaused = false;
  const soFar = (): Segment | undefined =>
    voicedMs < LEAST_VOICE_MS
      ? undefined
      : { pcm: Buffer.concat(kept), startMs: nowMs - kept.length * STEP_MS, endMs: nowMs };
  const end = (): readonly Cut[] => {
    const segment = soFar();
    kept = kept.slice(-LEAD_MS / STEP_MS);
    voicedMs = 0;
    quietMs = 0;
    isPaused = false;
    return segment ? [{ kind: "over", segment }] : [];
  };
  const pause = (): readonly Cut[] => {
    const segment = soFar();
    isPaused = segment !== undefined;
    return segment ? [{ kind: "paused", segment }] : [];
  };
  const resume = (): readonly Cut[] => {
    isPaused = false;
    return [{ kind: "resumed" }];
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
    if (isLoud && isPaused) yield* resume();
    if (voicedMs > 0 && (quietMs >= pauseMs || lengthMs >= LONGEST_MS)) yield* end();
    else if (isUrgent && quietMs === PAUSED_MS) yield* pause();
  }
  yield* end();
}
