import { expect, test } from "vitest";
import { type EarEvent, listen } from "../../../src/engine/chatbot/ear.ts";
import type { SpeechRecognizer } from "../../../src/ports/speech-recognition.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { eventually } from "../../support/eventually.ts";
import { tone } from "../../support/tones.ts";

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
  const ear = listen({ stream, recognizer, language: "en-US", hints: [], clock, add }, over.signal);
  await eventually("the end of the voice", () => events.some(({ kind }) => kind === "voice_ended"));
  expect(events[0]?.kind).toBe("voice_began");
  expect(bytes).toBeGreaterThan(600 * 32);
  over.abort();
  await ear;
});
