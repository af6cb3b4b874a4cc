import type { LiveSampleRate } from "./live-audio.ts";

/** Speech to be turned into text while it is spoken. */
export type ListenRequest = {
  /** 16 bit, little-endian, mono, as it comes: the frames of a LiveStream, for one. Its end is the end of the listening. */
  readonly audio: AsyncIterable<Uint8Array>;
  readonly sampleRateHz: LiveSampleRate;
  /** BCP 47, such as `en-US`, or `en`. */
  readonly language: string;
  /** The provider asked for; others follow when it fails. */
  readonly provider?: string | undefined;
  /** What is likely to be said, in words: it is then understood better, and by the simplest recognizer only then. */
  readonly hints?: readonly string[];
  /**
   * Whether somebody waits for it, so that what is said up to a short pause is worth understanding before it is certain that
   * nothing follows: for the time being, and whatever that costs.
   */
  readonly isUrgent?: boolean;
  /** Hears of each provider that failed; another one goes on with what that one had not understood for good. */
  readonly onTrouble?: (trouble: ListenTrouble) => void;
  /** Hears who listens, at first and whenever that changes. */
  readonly onListener?: (provider: string) => void;
  /** Hears how much of what may have been speech is lost, because for too long nobody could listen. */
  readonly onGap?: (lostMs: number) => void;
};

/** What was understood. */
export type Heard = {
  readonly text: string;
  /** Whether this stays; else the next one replaces it. */
  readonly isFinal: boolean;
  /** From 0 to 1, where the provider tells. */
  readonly confidence?: number;
  /** When it was said, ms since the audio began. */
  readonly startMs: number;
  readonly endMs: number;
  /** Who understood it. */
  readonly provider: string;
};

/** Why a provider did not understand. `unavailable`: not now, or not installed; `refused`: not this language, or not this audio. */
export type RecognitionFault = "timeout" | "unavailable" | "credentials" | "quota" | "refused" | "failed";

/** A provider failed: why, and what can be done about it. */
export type ListenTrouble = {
  readonly provider: string;
  readonly fault: RecognitionFault;
  readonly error: string;
  readonly remedy: string;
  /** When it failed, ms of audio since the audio began. */
  readonly atMs: number;
};

/** No provider can listen: says what each said, and what to do. */
export class RecognitionError extends Error {
  override readonly name = "RecognitionError";
  readonly troubles: readonly ListenTrouble[];

  constructor(troubles: readonly ListenTrouble[], message: string) {
    super(message);
    this.troubles = troubles;
  }
}

/** Live speech to text: by the provider asked for, else by the first that is configured, then by the others. */
export interface SpeechRecognizer {
  /** @throws RecognitionError when no provider is configured that could be asked. */
  check(): void;
  /**
   * Everything that is said, as it is understood; ends when the audio has ended and all of it is understood. One reader.
   * @throws RecognitionError when no provider can listen any more, or the signal's reason.
   */
  listen(request: ListenRequest, signal: AbortSignal): AsyncIterable<Heard>;
}
