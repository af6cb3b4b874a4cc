/**
 * Says sentences over a stream, each as soon as it is known, the next being spoken while one is heard.
 *
 * 1. What is said is said one after the other, whoever began to say it.
 * 2. Hushed, it is silent from the next frame on, and knows how far it came.
 * 3. Whoever waits for what is being said can be told something else meanwhile. What breaks off is said again by others.
 */
import type { Clock } from "../../ports/clock.ts";
import type { LiveStream } from "../../ports/live-audio.ts";
import { orAborted } from "../../ports/or-aborted.ts";
import { type BegunSpeech, SpeechBrokenOff, type SpeechRequest, type Voice } from "../../ports/speech.ts";
import type { GrowingList } from "./growing-list.ts";
import { readUntil } from "./read-until.ts";

/** A sentence in the language that it is in. */
export type Sentence = Pick<SpeechRequest, "text" | "language">;

type Parts = {
  readonly stream: LiveStream;
  readonly voice: Voice;
  readonly clock: Clock;
  /** Whose voice it is. */
  readonly speaker: Speaker;
  /** Hears who makes the sound of each sentence, when that begins to be said. */
  readonly onSpeaks: (provider: string) => void;
};

/** Who speaks. */
export type Speaker = Pick<SpeechRequest, "provider" | "voice" | "gender">;

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
export function createMouth({ stream, voice, clock, speaker, onSpeaks }: Parts, signal: AbortSignal) {
  let heardUntilMs = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let line: Promise<unknown> = Promise.resolve();
  let hushing = new AbortController();
  const prepared = new WeakMap<Sentence, Promise<BegunSpeech>>();

  /** Sends this after what is being sent. */
  function send(sound: Uint8Array, until: AbortSignal, onStart: (startMs: number) => void = () => {}): Promise<void> {
    const sending = line.then(async () => {
      until.throwIfAborted();
      const startMs = Math.max(heardUntilMs, clock.now());
      onStart(startMs);
      heardUntilMs = startMs + sound.length / BYTES_PER_MS;
      await stream.send(sound, until);
    });
    line = sending.catch(() => undefined);
    return sending;
  }

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
        const pronouncing = await next;
        if (!pronouncing) return;
        next = pronounced(index + 1 - from);
        const { sentence, speech } = pronouncing;
        const onStart = once(began);
        try {
          await sendSound(speech, onStart);
        } catch (error) {
          if (!(error instanceof SpeechBrokenOff)) throw error;
          const request = { ...speaker, ...sentence, brokenOff: error.attempt };
          await sendSound(await voice.pronounce(request, until), onStart);
        }
      }
    }

    function began(startMs: number): void {
      startsMs.push(startMs);
      if (startsMs.length === 1) onBegan();
    }

    async function sendSound({ sound, provider }: BegunSpeech, onStart: (startMs: number) => void): Promise<void> {
      onSpeaks(provider);
      for await (const part of readUntil(until, sound)) {
        for (let at = 0; at < part.length; at += PIECE_BYTES) {
          await send(part.subarray(at, at + PIECE_BYTES), until, onStart);
        }
      }
    }

    /** Begins to speak one of them; whether that fails is told to who waits for it. */
    function pronounced(count: number): Promise<Pronouncing | undefined> {
      const speech = pronounce(count);
      speech.catch(() => undefined);
      return speech;
    }

    async function pronounce(count: number): Promise<Pronouncing | undefined> {
      const sentence = await sentences.at(from + count, until);
      if (!sentence) return undefined;
      const ready = prepared.get(sentence);
      // Its sound can be had once.
      prepared.delete(sentence);
      const speech = ready ? orAborted(ready, until) : voice.pronounce({ ...speaker, ...sentence }, until);
      return { sentence, speech: await speech };
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
    /** Until when all that was sent so far is heard; zero when it was hushed. */
    get heardUntilMs() {
      return heardUntilMs;
    },
    /** Lets this be heard now, also in the middle of what is being said, however long that takes to be made. */
    interject(sound: Uint8Array): void {
      send(sound, AbortSignal.any([signal, hushing.signal])).catch(() => undefined);
    },
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

type Pronouncing = { readonly sentence: Sentence; readonly speech: BegunSpeech };

function once<Value>(act: (value: Value) => void): (value: Value) => void {
  let isDone = false;
  return (value) => {
    if (!isDone) act(value);
    isDone = true;
  };
}
