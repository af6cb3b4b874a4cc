import { z } from "zod";
import type { SpeechProvider, SpeechRequest } from "../../ports/speech.ts";
import { SpeechProviderError } from "../../ports/speech.ts";
import { type AudioStore, NotAudioError } from "../audio/audio-store.ts";
import { coalesce } from "../coalesce.ts";
import type { DiskIndex } from "../disk-index.ts";

/** What is kept about words that were spoken once. */
export const spokenSchema = z.object({ audioId: z.string() });
export type Spoken = z.infer<typeof spokenSchema>;

/** The words of one request in one provider's voice, as audio of ours. */
export type Speak = (
  provider: SpeechProvider,
  request: SpeechRequest,
  signal: AbortSignal,
) => Promise<{ readonly audioId: string; readonly cached: boolean }>;

/** Shorter than any word: a provider that makes this has said nothing. */
const SHORTEST_SPEECH_MS = 50;

/** Speaks each text once per provider, voice and language; those who want the same at the same time share it. */
export function cachedSpeech(store: AudioStore, index: DiskIndex<Spoken>): Speak {
  const shared = coalesce<string>();
  return async (provider, request, signal) => {
    const key = speechKey(provider.name, request);
    const known = await index.get(key);
    if (known && (await store.find(known.audioId, "wav16"))) return { audioId: known.audioId, cached: true };
    const make = async (abandoned: AbortSignal): Promise<string> => {
      const audioId = await synthesize(provider, request, store, abandoned);
      await index.set(key, { audioId });
      return audioId;
    };
    return { audioId: await shared(key, make, signal), cached: false };
  };
}

/** What makes two requests the same to one provider. */
export const speechKey = (provider: string, { voice, language, text }: SpeechRequest): string =>
  JSON.stringify([provider, voice ?? null, language.toLowerCase(), text]);

async function synthesize(
  provider: SpeechProvider,
  request: SpeechRequest,
  store: AudioStore,
  signal: AbortSignal,
): Promise<string> {
  await using scratch = store.scratch();
  await provider.synthesize(request, scratch.path, signal);
  const { id, durationMs } = await store.add(scratch.path, signal).catch((error: unknown) => {
    throw error instanceof NotAudioError
      ? new SpeechProviderError("no_audio", "what came is not audio", { cause: error })
      : error;
  });
  if (durationMs < SHORTEST_SPEECH_MS) throw new SpeechProviderError("no_audio", "the audio has no length");
  return id;
}
