/**
 * Says sentences over a stream, each as soon as it is known, the next being spoken while one is heard.
 *
 * 1. What is said is said one after the other, whoever began to say it.
 * 2. Hushed, it is silent from the next frame on, and knows how far it came.
 */
import type { Clock } from "../../ports/clock.ts";
import type { LiveStream } from "../../ports/live-audio.ts";
import { orAborted } from "../../ports/or-aborted.ts";
import type { BegunSpeech, SpeechRequest, Voice } from "../../ports/speech.ts";
import type { GrowingList } from "./growing-list.ts";

/** A sentence in the language that it is in. */
export type Sentence = Pick<SpeechRequest, "text" | "language">;

type Parts = {
  readonly stream: LiveStream;
  readonly voice: Voice;
  readonly clock: Clock;
  /** Whose voice it is. */
  readonly speaker: Pick<SpeechRequest, "provider" | "voice" | "gender">;
};

/** What is being said. */
export type Saying = {
  /** Resolves when all of it was heard, or when it was hushed. Rejects when it can't be spoken. */
  readonly over: Promise<"heard" | "hushed">;
  /** The sentence that is being heard, or was hushed; before the first of them has begun, that. */
  readonly place: number;
  /** How many sentences have begun to be heard. */
  readonly begun: number;
};

export type Mouth = ReturnType<typeof createMouth>;

const BYTES_PER_MS = 32;
/** Sent at a time, so that a hush finds little under way. */
const PIECE_BYTES = 200 * BYTES_PER_MS;

/** Lives as long as its stream; the signal ends everything. */
export function createMouth({ stream, voice, clock, speaker }: Parts, signal: AbortSignal) {
  let heardUntilMs = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let hushing = new AbortController();
  const prepared = new WeakMap<Sentence, Promise<BegunSpeech>>();

  /** Says these from this place on; `onBegan` hears when the first of it is on its way. */
  function say(sentences: GrowingList<Sentence>, from: number, onBegan: () => void = () => {}): Saying {
    const hushed = hushing.signal;
    const until = AbortSignal.any([signal, hushed]);
    const startsMs: number[] = [];
    /** How many of them have begun at this time. */
    const begunAt = (nowMs: number): number => startsMs.filter((startMs) => startMs <= nowMs).length;
    let stoppedAtMs: number | undefined;
    hushed.addEventListener("abort", () => (stoppedAtMs = clock.now()), { once: true });
    const begun = () => begunAt(stoppedAtMs ?? clock.now());

    let next = pronounced(0);

    async function sendAll(): Promise<void> {
      for (let index = from; ; index += 1) {
        const speech = await next;
        if (!speech) return;
        next = pronounced(index + 1 - from);
        let isFirst = true;
        for await (const sound of speech.sound) {
          for (let at = 0; at < sound.length; at += PIECE_BYTES) {
            await sendPiece(sound.subarray(at, at + PIECE_BYTES), isFirst);
            isFirst = false;
          }
        }
      }
    }

    /** Begins to speak one of them; whether that fails is told to who waits for it. */
    function pronounced(count: number): Promise<BegunSpeech | undefined> {
      const speech = pronounce(count);
      speech.catch(() => undefined);
      return speech;
    }

    async function pronounce(count: number): Promise<BegunSpeech | undefined> {
      const sentence = await sentences.at(from + count, until);
      if (!sentence) return undefined;
      const ready = prepared.get(sentence);
      // Its sound can be had once.
      prepared.delete(sentence);
      return ready ? orAborted(ready, until) : voice.pronounce({ ...speaker, ...sentence }, until);
    }

    async function sendPiece(piece: Uint8Array, isFirst: boolean): Promise<void> {
      until.throwIfAborted();
      const startMs = Math.max(heardUntilMs, clock.now());
      if (isFirst) startsMs.push(startMs);
      if (isFirst && startsMs.length === 1) onBegan();
      heardUntilMs = startMs + piece.length / BYTES_PER_MS;
      await stream.send(piece, until);
    }

    const before = turn;
    const sent = before.catch(() => undefined).then(sendAll);
    turn = sent;
    const over = sent
      .then(() => stream.drained(until))
      .then(
        () => "heard" as const,
        (error: unknown) => {
          if (hushed.aborted && !signal.aborted) return "hushed" as const;
          throw error;
        },
      );
    return {
      over,
      get place() {
        return from + Math.max(0, begun() - 1);
      },
      get begun() {
        return from + begun();
      },
    };
  }

  return {
    say,
    /** Begins to make the sound of a sentence that may be said soon; what is wrong with it is told to who says it. */
    prepare(sentence: Sentence, until: AbortSignal): void {
      const speech = voice.pronounce({ ...speaker, ...sentence }, AbortSignal.any([signal, until]));
      speech.catch(() => undefined);
      prepared.set(sentence, speech);
    },
    /** Stops all that is being said. */
    hush(): void {
      hushing.abort();
      hushing = new AbortController();
      heardUntilMs = 0;
      stream.flush();
    },
  };
}
