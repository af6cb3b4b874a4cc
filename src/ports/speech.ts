import type { Media } from "./media.ts";

export type SpeechRequest = {
  /** Plain text, or SSML when it starts with `<speak`. */
  readonly text: string;
  /** BCP 47, such as `en-US`, or `en`. */
  readonly language: string;
  /** The provider asked for; others follow when it fails. */
  readonly provider?: string | undefined;
  /** A voice of that provider. */
  readonly voice?: string | undefined;
};

/**
 * Why a provider did not speak. `no_audio`: it said yes and made nothing; `unavailable`: not now, or not installed;
 * `refused`: not this text, or not this language.
 */
export type SpeechFault =
  | "timeout"
  | "no_audio"
  | "unavailable"
  | "credentials"
  | "quota"
  | "refused"
  | "unknown_voice"
  | "failed";

/** What was tried for one request, in order; the last one spoke. */
export type SpeechAttempt = {
  readonly provider: string;
  readonly latencyMs: number;
  /** It had spoken these words before. */
  readonly cached?: true;
  readonly fault?: SpeechFault;
  readonly error?: string;
};
export type Speech = {
  readonly media: Media;
  readonly provider: string;
  readonly attempts: readonly SpeechAttempt[];
  /** What was skipped, such as a provider that is not configured. */
  readonly note?: string;
};

/** No provider could speak; says what each said. */
export class SpeechError extends Error {
  override readonly name = "SpeechError";
  readonly attempts: readonly SpeechAttempt[];

  constructor(attempts: readonly SpeechAttempt[], message: string) {
    super(message);
    this.attempts = attempts;
  }
}

/** Text to audio: from the cache, else by the first provider that succeeds. */
export interface Synthesizer {
  /** @throws SpeechError when every provider failed, or none is configured. */
  speak(request: SpeechRequest, signal: AbortSignal): Promise<Speech>;
}

/** A provider did not speak; a synthesizer goes on to the next one. */
export class SpeechProviderError extends Error {
  override readonly name = "SpeechProviderError";
  readonly fault: SpeechFault;

  constructor(fault: SpeechFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** One provider behind a synthesizer. */
export interface SpeechProvider {
  readonly name: string;
  /**
   * Writes the speech to this file, as WAV, MP3, OGG or FLAC of any rate. Audio of no length counts as a failure.
   * @throws SpeechProviderError
   */
  synthesize(request: SpeechRequest, path: string, signal: AbortSignal): Promise<void>;
}
