/** What Ringdown and the process that decodes say to each other: each request has one answer, in order. */
import type { Recognized } from "../provider.ts";
import type { SpeechModel } from "./model.ts";

export type DecoderRequest =
  /** The first one, with the silence that ends a sentence. */
  | { readonly kind: "load"; readonly model: SpeechModel; readonly pauseMs: number }
  | { readonly kind: "open"; readonly stream: number; readonly sampleRateHz: number; readonly hints: readonly string[] }
  | { readonly kind: "audio"; readonly stream: number; readonly pcm: Uint8Array }
  /** All that remains is understood. */
  | { readonly kind: "end"; readonly stream: number }
  /** Nobody listens any more. */
  | { readonly kind: "close"; readonly stream: number }
  /** A whole sentence, for a model that doesn't stream. */
  | { readonly kind: "sentence"; readonly sampleRateHz: number; readonly pcm: Uint8Array };

export type DecoderAnswer = { readonly heard: readonly Recognized[] } | { readonly error: string };
