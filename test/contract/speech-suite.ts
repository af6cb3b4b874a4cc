import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { SpeechProvider } from "../../src/ports/speech.ts";
import type { AudioStore } from "../../src/providers/audio/audio-store.ts";
import { samplesOf } from "../support/tones.ts";
import { wordsIn } from "../support/words.ts";
import { never, storeIn, temporaryFolder } from "./media-parts.ts";

const SENTENCES = ["press one for sales", "press two for support", "goodbye"];

/** What every speech provider promises. */
export const speechSuite = (provider: SpeechProvider, { speaksWords }: { speaksWords: boolean }): void => {
  describe(`${provider.name} speaks`, () => {
    test.runIf(speaksWords)("words that are understood", async () => {
      const audio = await spoken({ text: "Press two for support.", language: "en-US" });
      expect(await wordsIn({ pcm: audio.pcm, sampleRateHz: 16_000, startMs: 0 }, SENTENCES)).toBe(SENTENCES[1]);
    });

    test.each(["en-US", "en", "de-DE", "fr-FR", "es-ES", "ko-KR"])("%s", async (language) => {
      const { durationMs } = await spoken({ text: "1 2 3, 4 5 6", language });
      expect(durationMs).toBeGreaterThan(500);
    });

    test("SSML, longer for its pauses and without its tags", async () => {
      const plain = await spoken({ text: "<speak>One two</speak>", language: "en-US" });
      const paused = await spoken({ text: "<speak>One<break time='1s'/>two</speak>", language: "en-US" });
      expect(paused.durationMs).toBeGreaterThan(plain.durationMs + 100);
      expect(paused.durationMs).toBeLessThan(plain.durationMs + 2_000);
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

    test.each(["nobody", "/etc/passwd", "http://127.0.0.1/voice.flitevox", "-h"])("in no voice %s", (voice) =>
      expect(spoken({ text: "Hello", language: "en-US", voice })).rejects.toMatchObject({ fault: "refused" }),
    );

    test("no longer when nobody listens any more", async () => {
      const controller = new AbortController();
      const speech = spoken({ text: "Hello. ".repeat(4_000), language: "en-US" }, controller.signal);
      controller.abort(new Error("hung up"));
      await expect(speech).rejects.toThrow("hung up");
    });
  });

  const spoken = async (request: Parameters<SpeechProvider["synthesize"]>[0], signal = never) => {
    await using folder = await temporaryFolder();
    const store: AudioStore = await storeIn(folder.path);
    await using scratch = store.scratch();
    await provider.synthesize(request, scratch.path, signal);
    const { id, durationMs } = await store.add(scratch.path, signal);
    const path = await store.find(id, "wav16");
    if (!path) throw new Error("the audio is not in the store");
    return { durationMs, pcm: samplesOf(await readFile(path)) };
  };
};
