import type { LiveSampleRate } from "../../ports/live-audio.ts";
import type { RecognitionFault } from "../../ports/speech-recognition.ts";

/** One stream of audio, for one provider. */
export type RecognitionOrder = {
  /** 16 bit, little-endian, mono. */
  readonly audio: AsyncIterable<Uint8Array>;
  readonly sampleRateHz: LiveSampleRate;
  readonly language: string;
  readonly hints: readonly string[];
  /** What is understood in a short pause is wanted at once, for the time being. */
  readonly isUrgent?: boolean;
};

/** What a provider has understood; times are ms since this stream began. */
export type Recognized = {
  readonly text: string;
  readonly isFinal: boolean;
  readonly confidence?: number;
  readonly startMs?: number;
  readonly endMs: number;
};

/** One provider behind a recognizer. */
export interface RecognitionProvider {
  readonly name: string;
  /** Whether it tells what it understands while that is being said: one that does, and tells nothing, may be stuck. */
  readonly isPrompt: boolean;
  /** How much audio one stream may carry, ms. */
  readonly longestMs: number;
  /**
   * Understands a stream to its end.
   * @throws StreamLimit when the provider ends it before, RecognitionProviderError, or the signal's reason.
   */
  recognize(order: RecognitionOrder, signal: AbortSignal): AsyncIterable<Recognized>;
}

/** The provider has ended a stream that had lasted as long as it may; what it has not told is to be sent again. */
export class StreamLimit extends Error {
  override readonly name = "StreamLimit";
}

/** A provider did not understand, and why; a recognizer goes on to the next one. */
export class RecognitionProviderError extends Error {
  override readonly name = "RecognitionProviderError";
  readonly fault: RecognitionFault;
  /** What can be done about it. */
  readonly remedy: string;

  constructor(fault: RecognitionFault, message: string, remedy = REMEDIES[fault], options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.remedy = remedy;
  }
}

const REMEDIES: Readonly<Record<RecognitionFault, string>> = {
  timeout: "look whether the provider has an outage, or whether the way to it is too slow",
  unavailable: "look whether the provider has an outage, and whether it can be reached from here",
  credentials: "set credentials that may use speech recognition: docs/transcription.md",
  quota: "raise the quota of the account, or name another provider first in RINGDOWN_STT_PROVIDERS",
  refused: "use a language that the provider knows, or name another provider",
  failed: "see the log; the provider answered what we do not understand",
};
