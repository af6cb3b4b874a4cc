import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { orAborted } from "../../ports/or-aborted.ts";
import type { SpeechProvider, SpeechRequest } from "../../ports/speech.ts";
import { SpeechProviderError } from "../../ports/speech.ts";
import { type AudioStore, BYTES_PER_MS, NotAudioError } from "../audio/audio-store.ts";
import { coalesce } from "../coalesce.ts";
import type { DiskIndex } from "../disk-index.ts";
import { type GrowingSound, growingSound } from "./growing-sound.ts";

/** What is kept about words that were spoken once. */
export const spokenSchema = z.object({ audioId: z.string() });
export type Spoken = z.infer<typeof spokenSchema>;

/** The words of one request in one provider's voice, as audio of ours. */
export type Speak = (
  provider: SpeechProvider,
  request: SpeechRequest,
  signal: AbortSignal,
) => Promise<{ readonly audioId: string; readonly cached: boolean }>;

/** The same, or its sound from the beginning while it is being made, if the first of it is there before the last. */
export type Begin = (
  ...asked: Parameters<Speak>
) => Promise<Awaited<ReturnType<Speak>> | { readonly sound: AsyncIterable<Uint8Array> }>;

/** Shorter than any word: a provider that makes this has said nothing. */
const SHORTEST_SPEECH_MS = 50;
/**
 * The last of it may come so much later than the first, and be waited for: what is whole is played at less cost than what is
 * carried to the caller piece by piece.
 */
const WORTH_WAITING_MS = 50;

/** Speaks each text once per provider, voice and language; those who want the same at the same time share it. */
export function cachedSpeech(store: AudioStore, index: DiskIndex<Spoken>): { speak: Speak; begin: Begin } {
  const shared = coalesce<string>();
  const growing = new Map<string, GrowingSound>();

  async function find(key: string) {
    const known = await index.get(key);
    return known && (await store.find(known.audioId, "wav16")) ? { audioId: known.audioId, cached: true } : undefined;
  }

  const making =
    (key: string, provider: SpeechProvider, request: SpeechRequest) =>
    async (abandoned: AbortSignal): Promise<string> => {
      const sound = growingSound(SHORTEST_SPEECH_MS * BYTES_PER_MS);
      growing.set(key, sound);
      try {
        const audioId = await synthesize(provider, request, store, abandoned, sound);
        await index.set(key, { audioId });
        return audioId;
      } catch (error) {
        sound.fail(error);
        throw error;
      } finally {
        if (growing.get(key) === sound) growing.delete(key);
      }
    };

  return {
    async speak(provider, request, signal) {
      const key = speechKey(provider.name, request);
      const found = await find(key);
      return found ?? { audioId: await shared(key, making(key, provider, request), signal), cached: false };
    },
    async begin(provider, request, signal) {
      const key = speechKey(provider.name, request);
      const found = await find(key);
      if (found) return found;
      // Once it has begun it is made to its end, and kept, whoever hears it.
      const abandon = new AbortController();
      const whole = shared(key, making(key, provider, request), abandon.signal);
      const sound = growing.get(key);
      const audio = whole.then((audioId) => ({ audioId, cached: false }));
      audio.catch(() => undefined);
      try {
        const hasBegun = sound && (await orAborted(Promise.race([sound.hasBegun, whole.then(() => false)]), signal));
        if (!hasBegun) return await orAborted(audio, signal);
      } catch (error) {
        abandon.abort(signal.reason);
        throw error;
      }
      if (!request.isUrgent) await pause(WORTH_WAITING_MS);
      return sound.hasEnded ? orAborted(audio, signal) : { sound };
    },
  };
}

/** What makes two requests the same to one provider. */
export const speechKey = (provider: string, { voice, gender, language, text }: SpeechRequest): string =>
  JSON.stringify([provider, voice ?? null, language.toLowerCase(), text, ...(gender === undefined ? [] : [gender])]);

async function synthesize(
  provider: SpeechProvider,
  request: SpeechRequest,
  store: AudioStore,
  signal: AbortSignal,
  sound: GrowingSound,
): Promise<string> {
  await using scratch = store.scratch();
  await provider.synthesize(request, scratch.path, signal, sound.add);
  sound.end();
  const { id, durationMs } = await store.add(scratch.path, signal).catch((error: unknown) => {
    throw error instanceof NotAudioError
      ? new SpeechProviderError("no_audio", "what came is not audio", { cause: error })
      : error;
  });
  if (durationMs < SHORTEST_SPEECH_MS) throw new SpeechProviderError("no_audio", "the audio has no length");
  return id;
}
