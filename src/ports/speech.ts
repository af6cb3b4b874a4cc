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

/** What was tried for one request, in order; the last one spoke. */
export type SpeechAttempt = { readonly provider: string; readonly latencyMs: number; readonly error?: string };
export type Speech = { readonly media: Media; readonly provider: string; readonly attempts: readonly SpeechAttempt[] };

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

/** One provider behind a synthesizer. Makes audio, or throws; audio of no length is a failure. */
export interface SpeechProvider {
  readonly name: string;
  /** WAV, 16 bit mono, of any rate. */
  synthesize(request: SpeechRequest, signal: AbortSignal): Promise<Uint8Array>;
}
