/** Google Cloud Text-to-Speech, by its own SDK: https://cloud.google.com/text-to-speech/docs */
import type { TextToSpeechClient } from "@google-cloud/text-to-speech";
import { z } from "zod";
import { pcmIn } from "../../model/wav.ts";
import { orAborted } from "../../ports/or-aborted.ts";
import {
  type SpeechFault,
  type SpeechProvider,
  SpeechProviderError,
  type SpeechRequest,
  type TellSound,
} from "../../ports/speech.ts";
import { googleClientOptions } from "../google-client.ts";
import { commonDialect } from "./clean-ssml.ts";
import { cloudProvider, SAMPLE_RATE_HZ, type Words } from "./cloud.ts";
import { collectSound } from "./collect-sound.ts";

const DEFAULT_VOICES: Readonly<Record<string, string>> = {
  "en-US": "en-US-Neural2-F",
  "en-GB": "en-GB-Neural2-A",
  "de-DE": "de-DE-Neural2-F",
  "fr-FR": "fr-FR-Neural2-E",
  "es-ES": "es-ES-Neural2-E",
  "it-IT": "it-IT-Neural2-A",
  "ja-JP": "ja-JP-Neural2-C",
  "ko-KR": "ko-KR-Neural2-C",
};
/** Where a language alone doesn't say which of its countries is meant. */
const REGIONS: Readonly<Record<string, string>> = {
  en: "en-US",
  de: "de-DE",
  fr: "fr-FR",
  es: "es-ES",
  it: "it-IT",
  ja: "ja-JP",
  ko: "ko-KR",
  pt: "pt-BR",
  ru: "ru-RU",
  zh: "cmn-CN",
  "zh-CN": "cmn-CN",
  "zh-TW": "cmn-TW",
};
/** Voices that Google sends while it speaks; it takes no SSML for that. */
const STREAMED_VOICE = /-Chirp3?-HD-/i;
/** The longest of ours is a few sentences; a caller has long been given another voice. */
const REQUEST_LIMIT_MS = 60_000;

/** Speech by Google. `endpoint` is another server, `http:` one without encryption and credentials. */
export function gcp({ endpoint }: { readonly endpoint?: string | undefined } = {}): SpeechProvider {
  let client: Promise<TextToSpeechClient> | undefined;
  const connected = (): Promise<TextToSpeechClient> => {
    client ??= connect(endpoint);
    client.catch(() => {
      client = undefined;
    });
    return client;
  };
  return cloudProvider({
    name: "gcp",
    dialect: { ...commonDialect, "google:style": ["name"], voice: ["name", "gender", "language", "variant"] },
    maxLength: { text: 5_000, ssml: 5_000 },
    lengthOf: Buffer.byteLength,
    async say(words, request, signal, tell) {
      const voice = voiceFor(request);
      const speaker = await orAborted(connected(), signal);
      const isStreamed = words.kind === "text" && STREAMED_VOICE.test(voice.name ?? "");
      try {
        return await (isStreamed
          ? sayStreamed(speaker, words, voice, tell, signal)
          : sayWhole(speaker, words, voice, signal));
      } catch (error) {
        throw signal.aborted ? signal.reason : failureOf(error, words, request);
      }
    },
  });
}

async function sayWhole(
  speaker: TextToSpeechClient,
  words: Words,
  voice: GoogleVoice,
  signal: AbortSignal,
): Promise<Buffer> {
  const [{ audioContent }] = await speaker.synthesizeSpeech(
    {
      input: words.kind === "ssml" ? { ssml: words.content } : { text: words.content },
      voice,
      audioConfig: { audioEncoding: "LINEAR16", sampleRateHertz: SAMPLE_RATE_HZ },
    },
    // The next provider is our second attempt.
    { retry: null, timeout: REQUEST_LIMIT_MS, signal },
  );
  return typeof audioContent === "string" ? Buffer.alloc(0) : pcmIn(Buffer.from(audioContent ?? []));
}

async function sayStreamed(
  speaker: TextToSpeechClient,
  { content }: Words,
  voice: GoogleVoice,
  tell: TellSound,
  signal: AbortSignal,
): Promise<Buffer> {
  const stream = speaker.streamingSynthesize({ timeout: REQUEST_LIMIT_MS });
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  // Told by the iteration below; a second one, after a cancellation, by nobody.
  stream.on("error", () => {});
  try {
    signal.throwIfAborted();
    const streamingAudioConfig = { audioEncoding: "PCM", sampleRateHertz: SAMPLE_RATE_HZ };
    stream.write({ streamingConfig: { voice, streamingAudioConfig } });
    stream.end({ input: { text: content } });
    return await collectSound(soundsOf(stream), tell);
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

const streamedSchema = z.object({ audioContent: z.instanceof(Uint8Array).nullish() });

async function* soundsOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const response of stream) {
    const { audioContent } = streamedSchema.parse(response);
    if (audioContent) yield audioContent;
  }
}

async function connect(endpoint: string | undefined): Promise<TextToSpeechClient> {
  const [{ TextToSpeechClient }, options] = await Promise.all([
    import("@google-cloud/text-to-speech"),
    googleClientOptions(endpoint),
  ]);
  const client = new TextToSpeechClient(options);
  try {
    // Looks for credentials; later it would throw where nobody can catch it.
    await client.initialize();
    return client;
  } catch (error) {
    throw new SpeechProviderError("credentials", `Google's credentials can't be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

type GoogleVoice = { languageCode: string; name?: string; ssmlGender?: "MALE" | "FEMALE" };

function voiceFor({ voice, gender, language }: SpeechRequest): GoogleVoice {
  if (voice === undefined) {
    const languageCode = REGIONS[language] ?? language;
    if (gender === "male" || gender === "female") {
      return { languageCode, ssmlGender: gender === "male" ? "MALE" : "FEMALE" };
    }
    const name = DEFAULT_VOICES[languageCode];
    return name === undefined ? { languageCode } : { languageCode, name };
  }
  if (!/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(voice)) {
    throw new SpeechProviderError("unknown_voice", "this is no name of a voice of Google's");
  }
  // A voice is refused together with another language than its own.
  const [own] = /^[a-z]{2,3}-[A-Z]{2}(?=-)/.exec(voice) ?? [];
  return { languageCode: own ?? language, name: voice };
}

/** Status codes of gRPC. */
const FAULTS: Readonly<Record<number, SpeechFault>> = {
  1: "unavailable",
  3: "refused",
  4: "timeout",
  5: "refused",
  7: "credentials",
  8: "quota",
  11: "refused",
  13: "unavailable",
  14: "unavailable",
  16: "credentials",
};
const statusSchema = z.object({ code: z.number() });

function failureOf(error: unknown, words: Words, { voice }: SpeechRequest): SpeechProviderError {
  const fault = FAULTS[statusSchema.safeParse(error).data?.code ?? 0] ?? "failed";
  // Of plain words in a voice that somebody named, the voice is what can be wrong.
  const isVoice = fault === "refused" && words.kind === "text" && voice !== undefined;
  return new SpeechProviderError(isVoice ? "unknown_voice" : fault, messageOf(error), { cause: error });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
