import { describe, expect, test } from "vitest";
import { createAudioPipe } from "../../../src/engine/chatbot/audio-pipe.ts";
import { type EarEvent, listen } from "../../../src/engine/chatbot/ear.ts";
import type { Heard, SpeechRecognizer } from "../../../src/ports/speech-recognition.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { eventually } from "../../support/eventually.ts";
import { silence, tone } from "../../support/tones.ts";
import { fakeSpeechRecognizer } from "../fake-speech-recognizer.ts";

const FRAME_SAMPLES = 320;

/** A phone that speaks, and then sends nothing at all. */
async function* fallingSilent(signal: AbortSignal): AsyncIterable<Uint8Array> {
  const spoken = tone(440, 400, 16_000);
  for (let at = 0; at + FRAME_SAMPLES <= spoken.length; at += FRAME_SAMPLES) {
    yield new Uint8Array(spoken.slice(at, at + FRAME_SAMPLES).buffer);
  }
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

test("who sends nothing any more has stopped speaking, and the recognizer hears that too", async () => {
  const over = new AbortController();
  const events: EarEvent[] = [];
  let bytes = 0;
  const recognizer: SpeechRecognizer = {
    check: () => {},
    async *listen({ audio }) {
      for await (const frame of audio) bytes += frame.length;
      yield* [];
    },
  };
  const stream = { frames: fallingSilent(over.signal) };
  const add = (event: EarEvent) => void events.push(event);
  const ear = listen({ stream, recognizer, language: "en-US", hints: [], clock, supposes: false, add }, over.signal);
  await eventually("the end of the voice", () => events.some(({ kind }) => kind === "voice_ended"));
  expect(events[0]?.kind).toBe("voice_began");
  expect(bytes).toBeGreaterThan(600 * 32);
  over.abort();
  await ear;
});

describe("what is understood for the time being", () => {
  /** An ear, and a caller and a recognizer who do what the test says. */
  function start(supposes = true) {
    const over = new AbortController();
    const events: EarEvent[] = [];
    const recognizer = fakeSpeechRecognizer();
    const frames = createAudioPipe();
    const add = (event: EarEvent) => void events.push(event);
    const parts = { stream: { frames }, recognizer, language: "en-US", hints: [], clock, supposes, add };
    const ended = listen(parts, over.signal);
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const speak = async (samples: Int16Array) => {
      for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
        frames.add(new Uint8Array(samples.slice(at, at + FRAME_SAMPLES).buffer));
      }
      await settled();
    };
    return {
      voice: (ms: number) => speak(tone(440, ms, 16_000)),
      silence: (ms: number) => speak(silence(ms, 16_000)),
      async understand(text: string, more: Partial<Heard> = { isFinal: false }) {
        recognizer.listenings[0]?.understand(text, more);
        await settled();
      },
      isUrgent: () => recognizer.listenings[0]?.request.isUrgent,
      words: () => events.flatMap((event) => ("text" in event ? [`${event.kind} ${event.text}`] : [])),
      async [Symbol.asyncDispose]() {
        over.abort();
        await ended;
      },
    };
  }

  test("is told once the caller is silent for a moment, and once only", async () => {
    await using ear = start();
    await ear.voice(400);
    await ear.understand("one");
    await ear.silence(140);
    expect(ear.words()).toEqual([]);
    await ear.silence(20);
    expect(ear.words()).toEqual(["supposed one"]);
    await ear.silence(400);
    expect(ear.words()).toEqual(["supposed one"]);
    expect(ear.isUrgent()).toBe(true);
  });

  test("is told when it is understood in that silence, the last of it as well", async () => {
    await using ear = start();
    await ear.voice(400);
    await ear.silence(200);
    await ear.understand("one");
    await ear.understand("one two");
    await ear.understand("one two", {});
    expect(ear.words()).toEqual(["supposed one", "supposed one two", "heard one two"]);
  });

  test("is not when more was said since", async () => {
    await using ear = start();
    await ear.voice(200);
    await ear.understand("one");
    await ear.voice(600);
    await ear.silence(200);
    expect(ear.words()).toEqual([]);
  });

  test("is not when it is certain by then, or when nobody wants to know", async () => {
    await using certain = start();
    await certain.voice(400);
    await certain.understand("one");
    await certain.understand("one", {});
    await certain.silence(200);
    expect(certain.words()).toEqual(["heard one"]);
    await using indifferent = start(false);
    await indifferent.voice(400);
    await indifferent.understand("one");
    await indifferent.silence(200);
    expect(indifferent.words()).toEqual([]);
    expect(indifferent.isUrgent()).toBe(false);
  });
});
