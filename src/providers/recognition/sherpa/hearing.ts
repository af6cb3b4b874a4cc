import type { OnlineRecognizer } from "sherpa-onnx-node";
import { isVoice } from "../loudness.ts";
import type { Recognized } from "../provider.ts";
import { toldBy } from "./vocabulary.ts";

/** A token is known a moment after its word began. */
const LEAD_MS = 200;
/** A sentence that nothing followed for so long is over even if the line is not silent. */
const LONG_PAUSE_MS = 1_500;
/** So much silence brings out what a model still holds back. */
const TAIL_MS = 1_000;

/** How one stream is heard. */
export type HearingSettings = {
  readonly sampleRateHz: number;
  readonly stepFactor: number;
  readonly isUpperCase: boolean;
};

type Sentence = { readonly text: string; readonly startMs: number; readonly endMs: number };

/** One stream, decoded as it comes. */
export function createHearing(recognizer: OnlineRecognizer, settings: HearingSettings) {
  const { sampleRateHz, stepFactor } = settings;
  const stream = recognizer.createStream();
  let heardMs = 0;
  let settledMs = 0;
  let sentence: Sentence | undefined;

  function look(): readonly Recognized[] {
    const { text: told, timestamps, start_time: since } = recognizer.getResult(stream);
    const text = toldBy(settings, told);
    if (text === "" || text === sentence?.text) return [];
    const firstMs = (since + (timestamps[0] ?? 0) * stepFactor) * 1_000 - LEAD_MS;
    const startMs = sentence?.startMs ?? Math.min(Math.max(firstMs, settledMs), heardMs);
    sentence = { text, startMs, endMs: heardMs };
    return [{ ...sentence, isFinal: false }];
  }

  function settle(): readonly Recognized[] {
    recognizer.reset(stream);
    if (!sentence) return [];
    const last = { ...sentence, isFinal: true };
    settledMs = sentence.endMs;
    sentence = undefined;
    return [last];
  }

  function decode(isQuiet: boolean): readonly Recognized[] {
    const heard: Recognized[] = [];
    while (recognizer.isReady(stream)) {
      recognizer.decode(stream);
      heard.push(...look());
      // The model forgets what it has just begun to hear: the next word, for one.
      const isOver = isQuiet || !sentence || heardMs - sentence.endMs > LONG_PAUSE_MS;
      if (isOver && recognizer.isEndpoint(stream)) heard.push(...settle());
    }
    return heard;
  }

  return {
    hear(pcm: Uint8Array): readonly Recognized[] {
      const samples = samplesOf(pcm);
      heardMs += (samples.length * 1_000) / sampleRateHz;
      stream.acceptWaveform({ samples, sampleRate: sampleRateHz });
      return decode(!isVoice(pcm));
    },
    end(): readonly Recognized[] {
      stream.acceptWaveform({
        samples: new Float32Array((TAIL_MS * sampleRateHz) / 1_000),
        sampleRate: sampleRateHz,
      });
      stream.inputFinished();
      return [...decode(false), ...settle()];
    },
  };
}

/** From 16 bit, little-endian, to -1 … 1. */
export function samplesOf(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Float32Array.from(
    { length: Math.floor(pcm.length / 2) },
    (_, index) => view.getInt16(index * 2, true) / 32_768,
  );
}
