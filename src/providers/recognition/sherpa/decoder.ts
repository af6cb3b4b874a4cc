/**
 * The process that decodes: native code, which computes without a pause and ends its process when a model displeases it.
 * Started by `decoder-process.ts`, told what to do by its messages, and gone when they can't come any more.
 */
import type { Recognized } from "../provider.ts";
import { createHearing, samplesOf } from "./hearing.ts";
import type { DecoderAnswer, DecoderRequest } from "./messages.ts";
import type { SpeechModel } from "./model.ts";
import { toldBy } from "./vocabulary.ts";

type Decoder = (request: DecoderRequest) => readonly Recognized[];

let decode: Decoder | undefined;

process.on("disconnect", () => process.exit());
process.on("message", async (request: DecoderRequest) => {
  process.send?.(await answerTo(request));
});

async function answerTo(request: DecoderRequest): Promise<DecoderAnswer> {
  try {
    if (request.kind === "load") decode = await decoderOf(request.model, request.pauseMs);
    return { heard: decode?.(request) ?? [] };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const decoderOf = (model: SpeechModel, pauseMs: number): Promise<Decoder> =>
  model.isStreaming ? streamDecoder(model, pauseMs) : sentenceDecoder(model);

async function streamDecoder(model: SpeechModel, pauseMs: number): Promise<Decoder> {
  const { createRecognizers } = await import("./recognizers.ts");
  const recognizers = createRecognizers(model, pauseMs);
  const streams = new Map<number, ReturnType<typeof createHearing> & { release(): void }>();
  return (request) => {
    if (request.kind === "load" || request.kind === "sentence") return [];
    const { stream } = request;
    if (request.kind === "open") {
      const { recognizer, release } = recognizers.borrow(request.hints);
      const { sampleRateHz } = request;
      const { stepFactor, vocabulary } = model;
      const settings = { sampleRateHz, stepFactor, isUpperCase: vocabulary.isUpperCase };
      streams.set(stream, { ...createHearing(recognizer, settings), release });
    }
    const hearing = streams.get(stream);
    if (request.kind === "audio") return hearing?.hear(request.pcm) ?? [];
    if (request.kind === "end") return hearing?.end() ?? [];
    if (request.kind === "close") {
      hearing?.release();
      streams.delete(stream);
    }
    return [];
  };
}

async function sentenceDecoder({ network, tokens, sampleRateHz, vocabulary }: SpeechModel): Promise<Decoder> {
  const { default: sherpa } = await import("sherpa-onnx-node");
  const recognizer = new sherpa.OfflineRecognizer({
    featConfig: { sampleRate: sampleRateHz, featureDim: 80 },
    modelConfig: { ...network, tokens, numThreads: 1, provider: "cpu", debug: 0 },
  });
  return (request) => {
    if (request.kind !== "sentence") return [];
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: samplesOf(request.pcm), sampleRate: request.sampleRateHz });
    recognizer.decode(stream);
    return [{ text: toldBy(vocabulary, recognizer.getResult(stream).text), isFinal: true, endMs: 0 }];
  };
}
