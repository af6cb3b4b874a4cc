import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { SpeechProvider } from "../../src/ports/speech.ts";
import { diskIndex } from "../../src/providers/disk-index.ts";
import { openAudio } from "../../src/providers/open-audio.ts";
import { toolRunner } from "../../src/providers/run-tool.ts";
import { local } from "../../src/providers/synthesis/local.ts";
import { cachedSpeech, spokenSchema } from "../../src/providers/synthesis/speech-cache.ts";
import { systemClock } from "../../src/providers/system/clock.ts";
import { toneWav } from "../support/tones.ts";
import { never, noLimit, storeIn, temporaryFolder } from "./media-parts.ts";
import { type SpeechTrouble, speechSuite } from "./speech-suite.ts";

/** Programs in place of flite; the file to write is the last parameter. */
const FLITE_IN_TROUBLE: { readonly [Trouble in SpeechTrouble]?: string } = {
  refusal: "#!/bin/sh\necho 'no such thing' >&2; exit 1\n",
  slowness: "#!/bin/sh\nexec tail -f /dev/null\n",
  silence: '#!/bin/sh\nexec sox -n -r 16000 -c 1 -t wav "$6" trim 0 0\n',
  cut: '#!/bin/sh\nprintf RIFF > "$6"; kill -9 $$\n',
  death: "#!/bin/sh\nkill -9 $$\n",
};

speechSuite({
  provider: local(toolRunner()),
  speaksWords: true,
  faults: { refusal: "failed", slowness: "timeout", silence: "no_audio", cut: "failed", death: "failed" },
  begin: async (trouble) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, "flite"), FLITE_IN_TROUBLE[trouble] ?? "", { mode: 0o755 });
    vi.stubEnv("PATH", `${folder.path}:${process.env.PATH}`);
    return async () => {
      vi.unstubAllEnvs();
      await folder[Symbol.asyncDispose]();
    };
  },
});

test.each(["slt", "rms", "awb", "kal", "kal16"])("flite's voice %s", async (voice) => {
  expect(await durationOf({ text: "Good morning", language: "en-US", voice })).toBeGreaterThan(500);
});

test.each(["en-gb-scotland", "de+f3", "ko"])("eSpeak's voice %s", async (voice) => {
  expect(await durationOf({ text: "1 2 3", language: "en-US", voice })).toBeGreaterThan(500);
});

test("a text in another script than its language is spoken all the same", async () => {
  expect(await durationOf({ text: "안녕하세요", language: "en-US" })).toBeGreaterThan(300);
});

test("words that were spoken once are not spoken again, also after a restart", async () => {
  await using folder = await temporaryFolder();
  const request = { text: "Hello again", language: "en-US" };
  const settings = {
    directory: folder.path,
    speechProviders: ["gcp", "local"],
    clouds: {},
    speechDeadlineMs: 10_000,
    speechSilenceMs: 15_000,
    onBreakerChange: () => {},
    maxBytes: 1_000_000_000,
    http: { send: () => Promise.reject(new Error("nothing is fetched in this test")) },
    fetchDeadlineMs: 1_000,
    clock: systemClock,
  };
  const first = await openAudio(settings);
  const spoken = await first.speech.speak(request, never);
  expect(spoken).toMatchObject({ provider: "local", note: "gcp is not configured", attempts: [{ provider: "local" }] });
  await first.close();

  const second = await openAudio(settings);
  const again = await second.speech.speak(request, never);
  expect(again).toMatchObject({ media: spoken.media, attempts: [{ provider: "local", cached: true }] });
  await second.close();
});

test("those who want the same words at the same time share one synthesis", async () => {
  await using folder = await temporaryFolder();
  let syntheses = 0;
  const provider: SpeechProvider = {
    name: "counting",
    synthesize: (_request, path) => {
      syntheses += 1;
      return writeFile(path, toneWav(440));
    },
  };
  const { speak } = cachedSpeech(
    await storeIn(folder.path),
    diskIndex(join(folder.path, "speech"), spokenSchema, noLimit),
  );
  const request = { text: "Hello", language: "en-US" };
  await Promise.all(Array.from({ length: 20 }, () => speak(provider, request, never)));
  expect(syntheses).toBe(1);
});

test.each([
  ["no audio", Buffer.from("<!doctype html>")],
  ["an empty file", Buffer.alloc(0)],
  ["audio of no length", toneWav(440).subarray(0, 44)],
])("a provider that makes %s has failed", async (_name, made) => {
  await using folder = await temporaryFolder();
  const { speak } = cachedSpeech(
    await storeIn(folder.path),
    diskIndex(join(folder.path, "speech"), spokenSchema, noLimit),
  );
  const provider: SpeechProvider = { name: "mute", synthesize: (_request, path) => writeFile(path, made) };
  await expect(speak(provider, { text: "Hello", language: "en-US" }, never)).rejects.toMatchObject({
    fault: "no_audio",
  });
});

describe("without its programs", () => {
  beforeEach(() => {
    vi.stubEnv("PATH", "/nonexistent");
    return () => vi.unstubAllEnvs();
  });
  test.each([
    ["en-US", "apt-get install flite"],
    ["de-DE", "apt-get install espeak-ng"],
  ])("%s says what to install", (language, remedy) =>
    expect(local(toolRunner()).synthesize({ text: "Hi", language }, "/nonexistent/x", never)).rejects.toMatchObject({
      fault: "unavailable",
      message: expect.stringContaining(remedy),
    }),
  );
});

async function durationOf(request: Parameters<SpeechProvider["synthesize"]>[0]): Promise<number> {
  await using folder = await temporaryFolder();
  const store = await storeIn(folder.path);
  await using scratch = store.scratch();
  await local(toolRunner()).synthesize(request, scratch.path, never);
  return (await store.add(scratch.path, never)).durationMs;
}
