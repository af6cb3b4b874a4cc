import { describe, expect, test } from "vitest";
import type { LiveSampleRate } from "../../src/ports/live-audio.ts";
import type { Heard, ListenTrouble, RecognitionFault } from "../../src/ports/speech-recognition.ts";
import { providerHealth } from "../../src/providers/recognition/health.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import type { RecognitionOrder, RecognitionProvider, Recognized } from "../../src/providers/recognition/provider.ts";
import { recognizer } from "../../src/providers/recognition/recognizer.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { eventually } from "../support/eventually.ts";
import { silence, tone } from "../support/tones.ts";
import { never } from "./media-parts.ts";
import { createEar } from "./recognition-ear.ts";

/**
 * What can befall a provider. `death`: it can't be reached; `cut`: its connections are cut; `stall`: it takes what comes and
 * says nothing.
 */
export const RECOGNITION_TROUBLES = ["refusal", "quota", "credentials", "death", "cut", "stall"] as const;
export type RecognitionTrouble = (typeof RECOGNITION_TROUBLES)[number];

/** A provider, and how to bring what it works with into trouble. */
export type RecognitionSubject = {
  readonly provider: RecognitionProvider;
  /** How each trouble is told; absent where it can't come, or where it is found out by the recognizer. */
  readonly faults: { readonly [Trouble in RecognitionTrouble]?: RecognitionFault };
  /** Until the result is called. */
  readonly begin: (trouble: RecognitionTrouble) => Promise<() => Promise<void>>;
};

const RATE_HZ = 16_000;
const FRAME_BYTES = 640;
const FRAME_MS = 20;
const WORD_MS = 300;
const PAUSE_MS = 700;

const bytesOf = (samples: Int16Array): Uint8Array => new Uint8Array(samples.buffer);
const word = (frequency: number, rate: LiveSampleRate = RATE_HZ): Uint8Array =>
  Buffer.concat([bytesOf(tone(frequency, WORD_MS, rate)), bytesOf(silence(PAUSE_MS, rate))]);
const framesOf = (audio: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(audio.length / FRAME_BYTES) }, (_, at) =>
    audio.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES),
  );

/** Audio that comes when the test says it. */
function speaker() {
  const audio = createOutput<Uint8Array>();
  return {
    audio,
    say(...parts: readonly Uint8Array[]) {
      for (const frame of parts.flatMap(framesOf)) audio.add(frame);
    },
    end: audio.end,
  };
}

/** One that understands everything, and needs nobody. */
const reliable: RecognitionProvider = {
  name: "reliable",
  isPrompt: true,
  longestMs: Number.POSITIVE_INFINITY,
  async *recognize({ audio, sampleRateHz }) {
    const ear = createEar(sampleRateHz);
    for await (const bytes of audio) yield* ear.hear(bytes);
    yield* ear.end();
  },
};

/** What every recognition provider promises. */
export const recognitionSuite = ({ provider, faults, begin }: RecognitionSubject): void => {
  const order = { sampleRateHz: RATE_HZ, language: "en-US", hints: [] } as const;

  /** Everything that it understands of these words. */
  async function understood(words: readonly Uint8Array[], more: Partial<RecognitionOrder> = {}): Promise<Recognized[]> {
    const { audio, say, end } = speaker();
    say(...words);
    end();
    const all: Recognized[] = [];
    for await (const one of provider.recognize({ ...order, ...more, audio }, never)) all.push(one);
    return all;
  }
  const finals = (all: readonly Pick<Recognized, "isFinal" | "text">[]) =>
    all.flatMap(({ isFinal, text }) => (isFinal ? [text] : []));

  /** A listening by the provider, and by a reliable one when it fails. */
  function listen(others: readonly RecognitionProvider[] = [reliable]) {
    const { audio, say, end } = speaker();
    const troubles: ListenTrouble[] = [];
    const heard: Heard[] = [];
    const providers = [provider, ...others];
    const chain = recognizer({
      ...{ providers, order: providers.map(({ name }) => name), clock, health: providerHealth(clock) },
    });
    const request = { audio, sampleRateHz: RATE_HZ, language: "en-US" } as const;
    const ended = (async () => {
      const onTrouble = (trouble: ListenTrouble) => void troubles.push(trouble);
      for await (const one of chain.listen({ ...request, onTrouble }, never)) heard.push(one);
    })();
    return { say, end, ended, troubles, heard };
  }

  describe(`${provider.name} understands`, () => {
    test("words in order, with when they were said", async () => {
      const all = await understood([440, 620, 850].map((one) => word(one)));
      expect(finals(all)).toEqual(["tone 440", "tone 620", "tone 850"]);
      const times = all.filter(({ isFinal }) => isFinal);
      for (const [index, { startMs = 0, endMs }] of times.entries()) {
        expect(Math.abs(startMs - index * (WORD_MS + PAUSE_MS))).toBeLessThan(500);
        expect(endMs - startMs).toBeLessThan(1_600);
      }
      expect(all.some(({ isFinal }) => !isFinal)).toBe(provider.isPrompt);
    });

    test("narrowband audio as well", async () => {
      const words = [440, 620].map((one) => word(one, 8_000));
      expect(finals(await understood(words, { sampleRateHz: 8_000 }))).toEqual(["tone 440", "tone 620"]);
    });

    test("the same for good when it is urgent", async () => {
      const words = [440, 620].map((one) => word(one));
      const all = await understood(words, { isUrgent: true });
      expect(finals(all)).toEqual(["tone 440", "tone 620"]);
    });

    test("nothing in silence, and nothing in nothing", async () => {
      expect(await understood([bytesOf(silence(2_000, RATE_HZ))])).toEqual([]);
      expect(await understood([])).toEqual([]);
    });

    test("no longer when nobody listens any more", async () => {
      const { audio, say } = speaker();
      const controller = new AbortController();
      say(word(440));
      const first = (async () => {
        for await (const _ of provider.recognize({ ...order, audio }, controller.signal)) {
          controller.abort(new Error("hung up"));
        }
      })();
      await expect(first).rejects.toThrow("hung up");
    });
  });

  describe(`${provider.name} in trouble`, () => {
    const expected = RECOGNITION_TROUBLES.flatMap((trouble): [RecognitionTrouble, RecognitionFault][] => {
      const fault = faults[trouble];
      return fault ? [[trouble, fault]] : [];
    });

    test.each(expected)("%s is told as %s, with a remedy, and passes", async (trouble, fault) => {
      const end = await begin(trouble);
      const failure = await understood([word(440)]).catch((error) => error);
      await end();
      expect(failure).toMatchObject({
        name: "RecognitionProviderError",
        fault,
        remedy: expect.stringMatching(/\w+ \w+/),
      });
      await eventually("health again", async () => finals(await understood([word(440)])).includes("tone 440"));
    });

    test.each(expected)("%s in the midst of a stream costs no word", async (trouble, fault) => {
      const { say, end, ended, troubles, heard } = listen();
      say(word(440));
      await eventually("the first word", () => heard.some(({ isFinal }) => isFinal));
      // In mid-word.
      say(bytesOf(tone(620, WORD_MS / 2, RATE_HZ)));
      const endTrouble = await begin(trouble);
      say(bytesOf(tone(620, WORD_MS / 2, RATE_HZ)), bytesOf(silence(PAUSE_MS, RATE_HZ)), word(850));
      // Where a refusal concerns new streams only, this one is told at its end or goes on to it.
      end();
      await ended;
      await endTrouble();
      expect(finals(heard)).toEqual(["tone 440", "tone 620", "tone 850"]);
      // A connection may go with a stream that was refused on it before.
      for (const { fault: told } of troubles) expect([fault, "unavailable"]).toContain(told);
    });

    // One who would tell at once, and can't know by itself that it is stuck, is found out by the listening.
    if (provider.isPrompt && !faults.stall) {
      test("stall for a minute is told as timeout, with a remedy, and costs no word", async () => {
        const endTrouble = await begin("stall");
        const { say, end, ended, troubles, heard } = listen();
        const pace = async (audio: Uint8Array) => {
          for (const frame of framesOf(audio)) {
            say(frame);
            await clock.sleepUntil(clock.now() + FRAME_MS, never);
          }
        };
        // Enough to be taken for speech.
        for (const frequency of [440, 620, 850, 1_100]) await pace(word(frequency));
        while (troubles.length === 0) await pace(bytesOf(silence(FRAME_MS, RATE_HZ)));
        end();
        await ended;
        await endTrouble();
        // The connection of the stream that was left may go with it.
        await eventually("health again", async () => finals(await understood([word(440)])).includes("tone 440"));
        expect(finals(heard)).toEqual(["tone 440", "tone 620", "tone 850", "tone 1100"]);
        expect(troubles).toMatchObject([
          {
            provider: provider.name,
            fault: "timeout",
            error: expect.any(String),
            remedy: expect.stringMatching(/\w+ \w+/),
          },
        ]);
      });
    }
  });
};
