import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { demandLibrary } from "../../../src/providers/recognition/sherpa/library.ts";
import { speechModelIn } from "../../../src/providers/recognition/sherpa/model.ts";
import { hintsFor, vocabularyOf } from "../../../src/providers/recognition/sherpa/vocabulary.ts";
import { type OnnxMetadata, onnx } from "../../support/onnx.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/speech-models");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const ENGLISH = "<blk> 0\n<unk> 1\n▁THE 2\nS 3\n▁HELLO 4\n'S 5\n";
const CHINESE = "<blk> 0\n你 1\n好 2\n吗 3\n";

/** A directory with these files: what an ONNX file says of itself, or a text. */
function directory(files: Readonly<Record<string, OnnxMetadata | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-model-"));
  folders.push(folder);
  for (const [name, content] of Object.entries({ "tokens.txt": ENGLISH, "README.md": "", ...files })) {
    if (content !== "none") writeFileSync(join(folder, name), typeof content === "string" ? content : onnx(content));
  }
  return folder;
}

const zipformer = { model_type: "zipformer2", decode_chunk_len: 32, T: 45 };
const nemo = { model_type: "EncDecHybridRNNTCTCBPEModel", window_size: 105, chunk_shift: 96, subsampling_factor: 8 };

describe("a directory is known by what it holds, as models are published", () => {
  const part = (name: string) => expect.stringMatching(new RegExp(`/${name.replaceAll(".", "\\.")}$`));

  test("a streaming transducer; of the parts that there are twice, the smaller ones", async () => {
    const parts = ["encoder", "decoder", "joiner"];
    const files = parts.flatMap((role) =>
      ["", ".int8"].map((size) => [`${role}-epoch-99-avg-1${size}.onnx`, zipformer] as const),
    );
    const model = await speechModelIn(directory({ ...Object.fromEntries(files), "bpe.vocab": "" }));
    expect(model).toMatchObject({
      name: "streaming transducer",
      isStreaming: true,
      network: {
        transducer: Object.fromEntries(parts.map((role) => [role, part(`${role}-epoch-99-avg-1.int8.onnx`)])),
      },
      tokens: part("tokens.txt"),
      hints: { modelingUnit: "bpe", bpeVocab: part("bpe.vocab") },
      vocabulary: { isUpperCase: true },
    });
  });

  test("parts of the same model, where there are two models", async () => {
    const files = ["encoder", "decoder", "joiner"].flatMap((role) =>
      ["chunk-16-left-128", "chunk-16-left-64"].map((kind) => [`${role}-${kind}.onnx`, zipformer] as const),
    );
    const { network } = await speechModelIn(
      directory({ ...Object.fromEntries(files), "encoder-chunk-16-left-128.onnx": "none" }),
    );
    expect(network.transducer).toEqual({
      encoder: part("encoder-chunk-16-left-64.onnx"),
      decoder: part("decoder-chunk-16-left-64.onnx"),
      joiner: part("joiner-chunk-16-left-64.onnx"),
    });
  });

  const transducer = (metadata: OnnxMetadata) => ({ "encoder.onnx": metadata, "decoder.onnx": {}, "joiner.onnx": {} });
  test.each([
    ["icefall's transducer without a stream", transducer({ model_type: "zipformer2" }), "transducer", "transducer"],
    ["NVIDIA's for streams", transducer(nemo), "streaming NeMo transducer", "transducer"],
    ["NVIDIA's", transducer({ model_type: "EncDecRNNTBPEModel" }), "transducer", "transducer"],
    ["zipformer CTC for streams", { "ctc-epoch-30.int8.onnx": zipformer }, "streaming zipformer CTC", "zipformer2Ctc"],
    ["zipformer CTC", { "model.int8.onnx": { model_type: "zipformer2_ctc" } }, "zipformer CTC", "zipformerCtc"],
    ["NVIDIA's CTC for streams", { "model.onnx": nemo }, "streaming NeMo CTC", "nemoCtc"],
    ["NVIDIA's CTC", { "model.onnx": { model_type: "EncDecCTCModelBPE" } }, "NeMo CTC", "nemoCtc"],
    ["T-one", { "model.onnx": { model_type: "t-one", sample_rate: 8000 } }, "streaming T-one CTC", "toneCtc"],
    [
      "WeNet, of whose two models one can be used",
      {
        "model-streaming.onnx": { model_type: "wenet_ctc", chunk_size: 16 },
        "model.onnx": { model_type: "wenet_ctc" },
      },
      "WeNet CTC",
      "wenetCtc",
    ],
    ["SenseVoice", { "model.int8.onnx": { model_type: "sense_voice_ctc" } }, "SenseVoice", "senseVoice"],
    [
      "whisper",
      { "tiny.en-encoder.int8.onnx": { model_type: "whisper-tiny.en" }, "tiny.en-decoder.int8.onnx": {} },
      "whisper",
      "whisper",
    ],
  ])("%s", async (_what, files, name, network) => {
    const model = await speechModelIn(directory(files), "de");
    expect(model).toMatchObject({ name, isStreaming: name.startsWith("streaming") });
    expect(Object.keys(model.network)).toEqual([network]);
  });

  test("whisper has its tokens under its own name, and is told the language", async () => {
    const files = {
      "tiny-encoder.onnx": { model_type: "whisper-tiny" },
      "tiny-decoder.onnx": {},
      "tokens.txt": "none",
    };
    const model = await speechModelIn(directory({ ...files, "tiny-tokens.txt": ENGLISH }), "de");
    expect(model).toMatchObject({ tokens: part("tiny-tokens.txt"), network: { whisper: { language: "de" } } });
  });

  test("how long the steps of a model are, where its library does not heed it", async () => {
    expect(await speechModelIn(directory({ "model.onnx": nemo }))).toMatchObject({ stepFactor: 2 });
    expect(await speechModelIn(directory({ "model.onnx": zipformer }))).toMatchObject({ stepFactor: 1 });
  });

  test.each([
    ["words, if it says how they are cut", { "bpe.vocab": "" }, { modelingUnit: "bpe" }],
    ["none, if it does not", {}, undefined],
    ["characters", { "tokens.txt": CHINESE }, { modelingUnit: "cjkchar" }],
    ["both", { "tokens.txt": CHINESE, "bpe.vocab": "" }, { modelingUnit: "cjkchar+bpe" }],
  ])("which hints a streaming transducer takes: %s", async (_what, files, hints) => {
    const model = await speechModelIn(directory({ ...transducer(zipformer), ...files }));
    if (hints) expect(model.hints).toMatchObject(hints);
    else expect(model.hints).toBeUndefined();
  });

  test.each(["streaming-ctc", "streaming-transducer", "offline-ctc"])("the tests' own %s", async (kind) => {
    const { isStreaming } = await speechModelIn(join(FIXTURES, kind));
    expect(isStreaming).toBe(kind.startsWith("streaming"));
  });
});

describe("refused, with what to do:", () => {
  test.each([
    ["no directory", "/nonexistent", /ENOENT/, /RINGDOWN_STT_LOCAL_MODEL_DIR/],
    [
      "one without tokens",
      directory({ "model.onnx": nemo, "tokens.txt": "none" }),
      /no tokens\.txt/,
      /docs\/transcription/,
    ],
    ["one without a model", directory({}), /no model/, /docs\/transcription/],
    ["a decoder alone", directory({ "decoder.onnx": zipformer }), /no model/, /docs\/transcription/],
    ["a model of another kind", directory({ "model.onnx": { model_type: "vits" } }), /kind/, /docs\/transcription/],
    ["one that says nothing of itself", directory({ "model.onnx": {} }), /kind/, /docs\/transcription/],
    ["streams of WeNet", directory({ "model.onnx": { model_type: "wenet_ctc", chunk_size: 16 } }), /kind/, /docs/],
    [
      "a file that was not fetched",
      directory({ "model.onnx": "version https://git-lfs.github.com/spec/v1\n" }),
      /whole/,
      /git lfs/,
    ],
    ["a file that was cut off", cutOff(), /whole/, /again/],
    ["an empty file", directory({ "model.onnx": "" }), /whole/, /again/],
  ])("%s", async (_what, folder, message, remedy) => {
    const refusal = await speechModelIn(folder).catch((error) => error);
    expect(refusal).toMatchObject({ name: "SpeechModelError" });
    expect(refusal.message).toMatch(message);
    expect(refusal.remedy).toMatch(remedy);
  });

  test("a machine without the library", () => {
    const missing = () => {
      throw new Error("Cannot find module");
    };
    expect(() => demandLibrary(missing)).toThrow(/not installed/);
  });

  function cutOff(): string {
    const folder = directory({});
    writeFileSync(join(folder, "model.onnx"), onnx(nemo).subarray(0, 200_000));
    return folder;
  }
});

describe("hints", () => {
  const english = vocabularyOf(ENGLISH);

  test.each([
    ["in the letters of the model", english, ["the hello"], ["THE HELLO"]],
    ["in small ones too", vocabularyOf("▁the 0\n"), ["The"], ["the"]],
    [
      "without what would be a command to the decoder",
      english,
      [":The/\n#hello: :x 1.5@", "The  Hello!"],
      ["THE HELLO"],
    ],
    ["of which the model knows every character", english, ["hello", "grüezi", "你好", ""], ["HELLO"]],
    ["in characters", vocabularyOf(CHINESE), ["你好", "hello"], ["你好"]],
  ])("%s", (_what, vocabulary, hints, expected) => {
    expect(hintsFor(vocabulary, hints)).toEqual(expected);
  });

  test("not more than a decoder bears", () => {
    expect(hintsFor(english, Array(1_000).fill("the"))).toHaveLength(100);
  });
});
