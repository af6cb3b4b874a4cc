/** The kinds of models that sherpa-onnx knows and Ringdown uses, told by what an ONNX file says of itself. */
import type { ModelFiles } from "./model-files.ts";

export type ModelKind = {
  /** What it is, for people. */
  readonly name: string;
  /** Whether it understands while somebody speaks; others understand whole sentences. */
  readonly isStreaming: boolean;
  /** Its files, as `modelConfig` of sherpa-onnx has them. */
  readonly network: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly sampleRateHz: number;
  /** How many times longer its steps are than sherpa-onnx takes them to be. */
  readonly stepFactor: number;
  /** Whether its decoder can be told what is likely to be said. */
  readonly canTakeHints: boolean;
};

type Metadata = ReadonlyMap<string, string>;

const WIDEBAND_HZ = 16_000;
/** A step in the times that sherpa-onnx tells of streaming CTC models, whatever theirs is. */
const ASSUMED_SUBSAMPLING = 4;

/** The kind of the model whose first file says this of itself; undefined when it is none that can be used. */
export function kindOf(files: ModelFiles, metadata: Metadata, language: string): ModelKind | undefined {
  const type = metadata.get("model_type") ?? "";
  if ("model" in files) return singleKind(files.model, type, metadata, language);
  const { encoder, decoder, joiner } = files;
  if (joiner) return transducer({ encoder, decoder, joiner }, metadata);
  if (!type.startsWith("whisper")) return undefined;
  return sentences("whisper", { whisper: { encoder, decoder, language, task: "transcribe", tailPaddings: -1 } });
}

/** How icefall tells a streaming model, and NVIDIA's NeMo. */
const isIcefallStream = (metadata: Metadata) => metadata.has("decode_chunk_len");
const isNemoStream = (metadata: Metadata) => metadata.has("window_size") && metadata.has("chunk_shift");

function transducer(files: Readonly<Record<string, string>>, metadata: Metadata): ModelKind {
  if (isIcefallStream(metadata)) return streaming("transducer", { transducer: files }, { canTakeHints: true });
  if (isNemoStream(metadata)) return streaming("NeMo transducer", { transducer: files });
  return sentences("transducer", { transducer: files });
}

function singleKind(model: string, type: string, metadata: Metadata, language: string): ModelKind | undefined {
  if (type === "t-one") return streaming("T-one CTC", { toneCtc: { model } }, { sampleRateHz: 8_000 });
  if (isIcefallStream(metadata)) return streaming("zipformer CTC", { zipformer2Ctc: { model } });
  if (type.startsWith("EncDec") && isNemoStream(metadata)) {
    const stepFactor = Number(metadata.get("subsampling_factor") ?? ASSUMED_SUBSAMPLING) / ASSUMED_SUBSAMPLING;
    return streaming("NeMo CTC", { nemoCtc: { model } }, { stepFactor });
  }
  if (type.startsWith("EncDec")) return sentences("NeMo CTC", { nemoCtc: { model } });
  if (type === "zipformer2_ctc") return sentences("zipformer CTC", { zipformerCtc: { model } });
  // Those for streams can't be had from Node.
  if (type === "wenet_ctc" && !metadata.has("chunk_size")) return sentences("WeNet CTC", { wenetCtc: { model } });
  if (type !== "sense_voice_ctc") return undefined;
  return sentences("SenseVoice", { senseVoice: { model, language, useInverseTextNormalization: 1 } });
}

const streaming = (name: string, network: ModelKind["network"], more: Partial<ModelKind> = {}): ModelKind => ({
  ...{ name: `streaming ${name}`, isStreaming: true, network },
  ...{ sampleRateHz: WIDEBAND_HZ, stepFactor: 1, canTakeHints: false, ...more },
});

const sentences = (name: string, network: ModelKind["network"]): ModelKind => ({
  ...{ name, isStreaming: false, network, sampleRateHz: WIDEBAND_HZ, stepFactor: 1, canTakeHints: false },
});
