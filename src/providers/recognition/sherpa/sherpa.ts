/** Recognition by this machine alone, with a model of the operator's: https://k2-fsa.github.io/sherpa/onnx/ */
import type { ChildProcess } from "node:child_process";
import { orAborted } from "../../../ports/or-aborted.ts";
import { bytesOf, inPieces } from "../pieces.ts";
import {
  type RecognitionOrder,
  type RecognitionProvider,
  RecognitionProviderError,
  type Recognized,
} from "../provider.ts";
import { bySegments } from "../segments.ts";
import { decodersOf } from "./decoders.ts";
import type { SpeechModel } from "./model.ts";
import { hintsFor } from "./vocabulary.ts";

/** What is sent at once; each piece is understood before the next one is sent. */
const PIECE_MS = 100;
/** An answer comes within milliseconds; for a long sentence on a small machine that has many, within seconds. */
const STUCK_MS = 20_000;

export type SherpaSettings = {
  readonly model: SpeechModel;
  /** Languages that it understands, such as `en`; any, when there are none. */
  readonly languages?: readonly string[];
  /** The silence that ends a sentence. */
  readonly pauseMs: number;
  readonly stuckMs?: number;
  /** Starts the process that decodes. */
  readonly start?: () => ChildProcess;
};

export type Sherpa = RecognitionProvider & {
  /** Loads the model, so that the first who listens need not wait. @throws RecognitionProviderError */
  load(): Promise<void>;
};

export function sherpa({ model, languages = [], pauseMs, stuckMs = STUCK_MS, start }: SherpaSettings): Sherpa {
  const decoders = decodersOf(model, pauseMs, start);
  let streams = 0;

  async function* stream(order: RecognitionOrder, signal: AbortSignal): AsyncIterable<Recognized> {
    const { audio, sampleRateHz } = order;
    const decoder = await orAborted(decoders.get(), signal);
    streams += 1;
    const id = streams;
    const hints = model.hints ? hintsFor(model.vocabulary, order.hints) : [];
    const pieces = inPieces(audio, bytesOf(PIECE_MS, sampleRateHz))[Symbol.asyncIterator]();
    try {
      await orAborted(decoder.ask({ kind: "open", stream: id, sampleRateHz, hints }, stuckMs), signal);
      for (;;) {
        const next = await orAborted(pieces.next(), signal);
        const rest = next.done
          ? decoder.ask({ kind: "end", stream: id }, stuckMs)
          : decoder.ask({ kind: "audio", stream: id, pcm: next.value }, stuckMs);
        yield* await orAborted(rest, signal);
        if (next.done) return;
      }
    } finally {
      // A process that has ended has closed it.
      decoder.ask({ kind: "close", stream: id }, stuckMs).catch(() => {});
    }
  }

  const bySentence = bySegments(async ({ pcm }, { sampleRateHz }, signal) => {
    const decoder = await orAborted(decoders.get(), signal);
    const [sentence] = await orAborted(decoder.ask({ kind: "sentence", sampleRateHz, pcm }, stuckMs), signal);
    return { text: sentence?.text ?? "" };
  }, pauseMs);

  return {
    ...bySentence,
    isPrompt: model.isStreaming,
    async *recognize(order, signal) {
      refuseOther(languages, order.language);
      yield* model.isStreaming ? stream(order, signal) : bySentence.recognize(order, signal);
    },
    async load() {
      await decoders.get();
    },
  };
}

function refuseOther(languages: readonly string[], language: string): void {
  const isKnown = languages.some((known) => sameLanguage(known, language));
  if (languages.length === 0 || isKnown) return;
  const message = `the model understands ${languages.join(", ")}, not ${language}`;
  throw new RecognitionProviderError("refused", message, "name it in RINGDOWN_STT_LOCAL_LANGUAGES if it does");
}

const sameLanguage = (one: string, other: string): boolean => languageOf(one) === languageOf(other);
const languageOf = (tag: string): string => tag.toLowerCase().split("-")[0] ?? tag;
