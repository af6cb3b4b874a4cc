import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SpeechFault, SpeechProvider, SpeechRequest } from "../../src/ports/speech.ts";
import { diskIndex } from "../../src/providers/disk-index.ts";
import { withDeadline } from "../../src/providers/synthesis/deadline.ts";
import { cachedSpeech, spokenSchema } from "../../src/providers/synthesis/speech-cache.ts";
import { eventually } from "../support/eventually.ts";
import { samplesOf } from "../support/tones.ts";
import { wordsIn } from "../support/words.ts";
import { never, noLimit, storeIn, temporaryFolder } from "./media-parts.ts";

const SENTENCES = ["press one for sales", "press two for support", "goodbye"];
/** Ample on the slowest machine. */
const PATIENCE_MS = 60_000;
/** For one that will never answer. */
const IMPATIENCE_MS = 1_000;

/** What can befall a provider. */
export const SPEECH_TROUBLES = ["refusal", "quota", "slowness", "silence", "cut", "credentials", "death"] as const;
export type SpeechTrouble = (typeof SPEECH_TROUBLES)[number];

/** A provider, and how to bring what it works with into trouble. */
export type SpeechSubject = {
  readonly provider: SpeechProvider;
  readonly speaksWords: boolean;
  /** How each trouble is told; absent where it can't come. */
  readonly faults: { readonly [Trouble in SpeechTrouble]?: SpeechFault };
  /** Until the result is called. */
  readonly begin: (trouble: SpeechTrouble) => Promise<() => Promise<void>>;
};

/** What every speech provider promises. */
export const speechSuite = ({ provider, speaksWords, faults, begin }: SpeechSubject): void => {
  describe(`${provider.name} speaks`, () => {
    // Servers of ours speak in tones.
    if (speaksWords) {
      test("words that are understood", async () => {
        const audio = await spoken({ text: "Press two for support.", language: "en-US" });
        expect(await wordsIn({ pcm: audio.pcm, sampleRateHz: 16_000, startMs: 0 }, SENTENCES)).toBe(SENTENCES[1]);
      });
    }

    test.each(["en-US", "en", "de-DE", "fr-FR", "es-ES", "ko-KR", "pl-PL", "nl"])("%s", async (language) => {
      const { durationMs } = await spoken({ text: "1 2 3, 4 5 6", language });
      expect(durationMs).toBeGreaterThan(500);
    });

    test("SSML, longer for its pauses and without its tags", async () => {
      const plain = await spoken({ text: "<speak>One two</speak>", language: "en-US" });
      const paused = await spoken({ text: "<speak>One<break time='1s'/>two</speak>", language: "en-US" });
      expect(paused.durationMs).toBeGreaterThan(plain.durationMs + 100);
      expect(paused.durationMs).toBeLessThan(plain.durationMs + 2_000);
    });

    test.each([
      ["without an end", "<speak>One two three"],
      ["with crossed tags", "<speak><p><s>One two</p></s></speak>"],
      ["with elements that nobody knows", "<speak><whisper loud='yes'>One two three</whisper></speak>"],
      ["that hides a bomb", `<speak>${"<p>".repeat(2_000)}One two three${"</p>".repeat(2_000)}</speak>`],
      ["that is all pauses", `<speak>One two three${"<break time='10s'/>".repeat(500)}</speak>`],
    ])("SSML %s", async (_name, text) => {
      const { durationMs } = await spoken({ text, language: "en-US" });
      expect(durationMs).toBeGreaterThan(300);
      expect(durationMs).toBeLessThan(5_000);
    });

    test("a text of many pages", { timeout: 3 * PATIENCE_MS }, async () => {
      const { durationMs } = await spoken({ text: "One two three four five. ".repeat(210), language: "en-US" });
      expect(durationMs).toBeGreaterThan(200_000);
    });

    test.each(["", " ", "\u0000\u0007", "<speak></speak>", "<speak><break time='1s'/></speak>"])(
      "nothing when there is nothing to say: %j",
      (text) => expect(spoken({ text, language: "en-US" })).rejects.toMatchObject({ fault: "no_audio" }),
    );

    test("what looks like an option or a command", async () => {
      for (const text of ["--help", "-w /tmp/x", "$(touch /tmp/x); `id` | cat > /tmp/x", "[[h@'loU]]"]) {
        expect((await spoken({ text, language: "en-US" })).durationMs).toBeGreaterThan(100);
      }
    });

    test("no language that it does not know", () =>
      expect(spoken({ text: "Hello", language: "xx-XX" })).rejects.toMatchObject({ fault: "refused" }));

    test.each(["nobody", "/etc/passwd", "http://127.0.0.1/voice.flitevox", "-h", "Ä"])("in no voice %s", (voice) =>
      expect(spoken({ text: "Hello", language: "en-US", voice })).rejects.toMatchObject({ fault: "unknown_voice" }),
    );

    test("no longer when nobody listens any more", async () => {
      const controller = new AbortController();
      const speech = spoken({ text: "Hello. ".repeat(4_000), language: "en-US" }, controller.signal);
      controller.abort(new Error("hung up"));
      await expect(speech).rejects.toThrow("hung up");
    });
  });

  describe(`${provider.name} in trouble`, () => {
    const request = { text: "Your code is 4711", language: "en-US" };
    const expected = SPEECH_TROUBLES.flatMap((trouble): [SpeechTrouble, SpeechFault][] => {
      const fault = faults[trouble];
      return fault ? [[trouble, fault]] : [];
    });

    test.each(expected)("%s is told as %s without the words, and passes", async (trouble, fault) => {
      const end = await begin(trouble);
      const failure = await spoken(request, never, trouble === "slowness" ? IMPATIENCE_MS : undefined).catch(
        (error: unknown) => error,
      );
      await end();
      expect(failure).toMatchObject({ name: "SpeechProviderError", fault });
      expect(String(failure)).not.toContain("4711");
      const { durationMs } = await eventually("it speaks again", () => spoken(request));
      expect(durationMs).toBeGreaterThan(300);
    });
  });

  const spoken = async (request: SpeechRequest, signal = never, deadlineMs = PATIENCE_MS) => {
    await using folder = await temporaryFolder();
    const store = await storeIn(folder.path);
    const { speak } = cachedSpeech(store, diskIndex(join(folder.path, "spoken"), spokenSchema, noLimit));
    const { audioId } = await speak(withDeadline(provider, deadlineMs), request, signal);
    const path = await store.find(audioId, "wav16");
    if (!path) throw new Error("the audio is not in the store");
    const pcm = samplesOf(await readFile(path));
    return { durationMs: pcm.length / 16, pcm };
  };
};
