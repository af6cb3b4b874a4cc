import type { Media } from "./media.ts";

export type SpeechRequest = {
  /** Plain text, SSML (a whole `<speak>` document), or text with elements of SSML in it; a provider gets one of the first two. */
  readonly text: string;
  /** BCP 47, such as `en-US`, or `en`. */
  readonly language: string;
  /** The provider asked for; others follow when it fails. */
  readonly provider?: string | undefined;
  /** A voice of that provider. */
  readonly voice?: string | undefined;
  /** What kind of voice, where no voice is named and there is a choice. */
  readonly gender?: "male" | "female" | "neutral" | undefined;
  /** The first of it is wanted as soon as it is there, though all of it may follow in a moment. */
  readonly isUrgent?: boolean | undefined;
  /** How long the caller may hear nothing until it is there, ms, if that is less than always. */
  readonly withinMs?: number | undefined;
  /** What broke off in the middle of these words: that provider is asked after all others. */
  readonly brokenOff?: SpeechAttempt | undefined;
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
  /** Not all was spoken when the first of it was heard; the latency is that of the first. */
  readonly streamed?: true;
  readonly fault?: SpeechFault;
  readonly error?: string;
  /** What can be done about it. */
  readonly remedy?: string;
};
export type Speech = {
  readonly media: Media;
  readonly provider: string;
  readonly attempts: readonly SpeechAttempt[];
  /** What was skipped, such as a provider that is not configured. */
  readonly note?: string;
};

/** Speech of which the first can be heard and the last is yet to be made. */
export type BegunSpeech = Omit<Speech, "media"> & {
  /**
   * 16-bit mono sound of 16 kHz, from its beginning, as it is made. Rejects with a SpeechBrokenOff when the provider gives
   * up in the middle, or says nothing more for too long.
   */
  readonly sound: AsyncIterable<Uint8Array>;
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

/** A provider that had begun did not go on; whoever asks for the same words again tells of it. */
export class SpeechBrokenOff extends Error {
  override readonly name = "SpeechBrokenOff";
  readonly attempt: SpeechAttempt;

  constructor(attempt: SpeechAttempt, options?: ErrorOptions) {
    super(`${attempt.provider} broke off: ${attempt.error}`, options);
    this.attempt = attempt;
  }
}

/** Text to audio: from the cache, else by the first provider that succeeds. */
export interface Synthesizer {
  /** @throws SpeechError when every provider failed, or none is configured. */
  speak(request: SpeechRequest, signal: AbortSignal): Promise<Speech>;
}

/** One who speaks to a caller who waits. */
export interface Speaker extends Synthesizer {
  /**
   * The same, but does not wait for the last of it where a provider tells the first before that. It is made and kept whole
   * all the same, whoever listens to the end.
   * @throws SpeechError
   */
  begin(request: SpeechRequest, signal: AbortSignal): Promise<Speech | BegunSpeech>;
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
   * Writes the speech to this file, as WAV, MP3, OGG or FLAC of any rate. Audio of no length counts as a failure. One that
   * can tells the same sound while it is being made.
   * @throws SpeechProviderError
   */
  synthesize(request: SpeechRequest, path: string, signal: AbortSignal, tell?: TellSound): Promise<void>;
}

/** Hears sound while it is made, in order: 16-bit mono, 16 kHz, whole samples. What was told can't be taken back. */
export type TellSound = (sound: Uint8Array) => void;

/** Speech as sound, however it came to be: for those who carry it to the caller themselves. */
export interface Voice {
  /** @throws SpeechError */
  pronounce(request: SpeechRequest, signal: AbortSignal): Promise<BegunSpeech>;
}
