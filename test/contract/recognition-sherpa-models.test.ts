import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkTranscription } from "../../src/cli/doctor/transcription.ts";
import { readConfig } from "../../src/config.ts";
import type { LiveSampleRate } from "../../src/ports/live-audio.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import type { RecognitionProvider } from "../../src/providers/recognition/provider.ts";
import { speechModelIn } from "../../src/providers/recognition/sherpa/model.ts";
import { sherpa } from "../../src/providers/recognition/sherpa/sherpa.ts";
import { type } from "../cli/terminal.ts";
import { eventually } from "../support/eventually.ts";
import { onnx } from "../support/onnx.ts";
import { silence } from "../support/tones.ts";
import { spoken } from "../support/words.ts";
import { never, temporaryFolder } from "./media-parts.ts";

const MODELS = join(import.meta.dirname, "../fixtures/speech-models");
const KINDS = ["streaming-ctc", "streaming-transducer", "offline-ctc"] as const;
const folderOf = (kind: (typeof KINDS)[number]) => join(MODELS, kind);
const pauseMs = 600;
const providerOf = async (kind: (typeof KINDS)[number], more = {}) =>
  sherpa({ model: await speechModelIn(folderOf(kind)), pauseMs, ...more });

type Said = { readonly sampleRateHz?: LiveSampleRate; readonly hints?: readonly string[]; readonly language?: string };

/** What it understands for good of these words. */
async function understood(provider: RecognitionProvider, words: readonly string[], said: Said = {}) {
  const { sampleRateHz = 16_000, hints = [], language = "en-US" } = said;
  const audio = createOutput<Uint8Array>();
  for (const word of words) {
    audio.add(new Uint8Array((await spoken(word, sampleRateHz)).buffer));
    audio.add(new Uint8Array(silence(800, sampleRateHz).buffer));
  }
  audio.end();
  const texts: string[] = [];
  for await (const { text, isFinal } of provider.recognize({ audio, sampleRateHz, language, hints }, never)) {
    if (isFinal) texts.push(text);
  }
  return texts;
}

/** One who goes on listening after a word. */
async function listening(provider: RecognitionProvider, word: string, hints: readonly string[]) {
  const audio = createOutput<Uint8Array>();
  audio.add(new Uint8Array((await spoken(word, 16_000)).buffer));
  audio.add(new Uint8Array(silence(800, 16_000).buffer));
  const order = { audio, sampleRateHz: 16_000, language: "en-US", hints } as const;
  const heard = provider.recognize(order, never)[Symbol.asyncIterator]();
  await heard.next();
  return heard;
}

describe.each(KINDS)("%s", (kind) => {
  test.each([16_000, 8_000] as const)("understands words of a voice at %d Hz", async (sampleRateHz) => {
    const words = ["yes", "sales", "goodbye", "stop"];
    expect(await understood(await providerOf(kind), words, { sampleRateHz: sampleRateHz as LiveSampleRate })).toEqual(
      words,
    );
  });

  test.each([
    [600, ["two", "three"]],
    [1_200, ["two three"]],
  ])("with a pause of %i ms, two words 800 ms apart are %j", async (longerMs, sentences) => {
    const provider = await providerOf(kind, { pauseMs: longerMs });
    expect(await understood(provider, ["two", "three"])).toEqual(sentences);
  });

  test("understands many who speak at once, each for himself", async () => {
    const provider = await providerOf(kind);
    const speakers = [["one"], ["two", "three"], ["help"], ["support", "no"], ["goodbye"]];
    expect(await Promise.all(speakers.map((words) => understood(provider, words)))).toEqual(speakers);
  });
});

describe("hints", () => {
  test("decide between words that sound alike, each in its own stream", async () => {
    const provider = await providerOf("streaming-transducer");
    const said = [{ hints: ["too"] }, {}, { hints: ["Two"] }, { hints: ["Ringdown!"] }, { hints: ["too", "help"] }];
    const texts = await Promise.all(said.map((one) => understood(provider, ["two"], one)));
    expect(texts.flat()).toEqual(["too", "two", "two", "two", "too"]);
  });

  test("are left out while too many others are in use, and heeded again afterwards", async () => {
    const provider = await providerOf("streaming-transducer");
    const listeners = await Promise.all(
      ["yes", "no", "help", "sales"].map((hint) => listening(provider, "yes", [hint])),
    );
    const hints = ["too"];
    expect(await understood(provider, ["two"], { hints })).toEqual(["two"]);
    await listeners[0]?.return?.();
    expect(await understood(provider, ["two"], { hints })).toEqual(["too"]);
    await Promise.all(listeners.map((one) => one.return?.()));
  });

  test("are no trouble for a model that takes none", async () => {
    expect(await understood(await providerOf("streaming-ctc"), ["two"], { hints: ["too"] })).toEqual(["two"]);
  });
});

test("a language that the model does not understand is refused, and which it is does not depend on the country", async () => {
  const provider = await providerOf("streaming-ctc", { languages: ["en-GB", "it"] });
  await expect(understood(provider, [], { language: "de-AT" })).rejects.toMatchObject({
    fault: "refused",
    message: "the model understands en-GB, it, not de-AT",
    remedy: expect.stringContaining("RINGDOWN_STT_LOCAL_LANGUAGES"),
  });
  expect(await understood(provider, ["yes"], { language: "en-US" })).toEqual(["yes"]);
});

const BROKEN = {
  "of which only the name is right": { model_type: "EncDecCTCModelBPE", window_size: 16, chunk_shift: 16 },
  "for whole sentences": { model_type: "zipformer2_ctc" },
};

test.each(Object.entries(BROKEN))(
  "a broken model (%s) is refused with what to do, again and again",
  async (_what, metadata) => {
    await using folder = await temporaryFolder();
    writeFileSync(join(folder.path, "model.onnx"), onnx(metadata));
    writeFileSync(join(folder.path, "tokens.txt"), "<blk> 0\n▁yes 1\n");
    const provider = sherpa({ model: await speechModelIn(folder.path), pauseMs });
    for (const _ of [1, 2]) {
      await expect(understood(provider, ["yes"])).rejects.toMatchObject({
        fault: "refused",
        message: expect.stringContaining("can't be loaded"),
        remedy: expect.stringContaining("RINGDOWN_STT_LOCAL_MODEL_DIR"),
      });
    }
  },
);

test("a model whose tokens displease the library is told in its own words", async () => {
  await using folder = await temporaryFolder();
  const { network } = await speechModelIn(folderOf("streaming-ctc"));
  const model = {
    ...(await speechModelIn(folderOf("streaming-ctc"))),
    network,
    tokens: join(folder.path, "tokens.txt"),
  };
  writeFileSync(model.tokens, "▁yes 1\n");
  await expect(sherpa({ model, pauseMs }).load()).rejects.toMatchObject({
    fault: "refused",
    message: expect.stringMatching(/tokens\.txt contains.*<blk>/s),
  });
});

test("the process that decodes ends with the one that listens, however that ends", async () => {
  const file = join(import.meta.dirname, "../../src/providers/recognition/sherpa/decoder-process.ts");
  const script = `const { startDecoder } = await import(${JSON.stringify(file)}); console.log(startDecoder().pid)`;
  const listener = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = Number(await new Promise((resolve) => listener.stdout.once("data", resolve)));
  const lives = () =>
    new Promise<boolean>((resolve) => execFile("kill", ["-0", String(pid)], (error) => resolve(!error)));
  expect(await lives()).toBe(true);
  listener.kill("SIGKILL");
  await eventually("its end", async () => !(await lives()));
});

const secrets = ["ARI_PASSWORD", "ARI_LISTEN_PASSWORD", "API_KEY"].map((name) => [`RINGDOWN_${name}`, "long enough"]);

test("a start with a directory that holds no model is refused before anything is opened, with what to do", async () => {
  const environment = { ...Object.fromEntries(secrets), RINGDOWN_STT_LOCAL_MODEL_DIR: import.meta.dirname };
  const { code, complaint } = await type(["serve"], { environment });
  expect(code).toBe(1);
  expect(complaint).toMatch(/holds no speech model.*\n {2}What to do: set RINGDOWN_STT_LOCAL_MODEL_DIR/);
});

describe("the doctor", () => {
  const check = (settings: Readonly<Record<string, string>>) =>
    checkTranscription(readConfig({ ...Object.fromEntries(secrets), ...settings }, "/nonexistent"));

  test("says nothing when there is no model", async () => {
    expect(await check({})).toEqual([]);
  });

  test.each([
    ["streaming-ctc", "local is a streaming NeMo CTC model; it does not take hints"],
    ["streaming-transducer", "local is a streaming transducer model; it takes hints"],
  ] as const)("loads %s, and says what it is", async (kind, finding) => {
    expect(await check({ RINGDOWN_STT_LOCAL_MODEL_DIR: folderOf(kind) })).toMatchObject([{ state: "fine", finding }]);
  });

  test("says what is wrong with a directory, and what is not used because of it", async () => {
    const settings = { RINGDOWN_STT_LOCAL_MODEL_DIR: "/nonexistent", RINGDOWN_STT_LOCAL_URL: "http://127.0.0.1:1" };
    expect(await check(settings)).toMatchObject([
      { check: "transcription", state: "fault", remedy: [expect.stringContaining("docs/transcription.md")] },
      { check: "transcription", state: "doubt", finding: "RINGDOWN_STT_LOCAL_URL is not used" },
    ]);
  });
});
