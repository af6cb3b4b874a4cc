/** Google Cloud Speech-to-Text, by its own SDK: https://cloud.google.com/speech-to-text/docs/streaming-recognize */
import { once } from "node:events";
import type { SpeechClient } from "@google-cloud/speech";
import { z } from "zod";
import { orAborted } from "../../ports/or-aborted.ts";
import type { RecognitionFault } from "../../ports/speech-recognition.ts";
import { googleClientOptions } from "../google-client.ts";
import { bytesOf, inPieces, LIVE_PIECE_MS } from "./pieces.ts";
import {
  type RecognitionOrder,
  type RecognitionProvider,
  RecognitionProviderError,
  type Recognized,
  StreamLimit,
} from "./provider.ts";

/** What Google lets one stream last: 305 s. */
const LONGEST_MS = 290_000;
/** Where a language alone doesn't say which of its countries is meant. */
const REGIONS: Readonly<Record<string, string>> = {
  ...{ en: "en-US", de: "de-DE", fr: "fr-FR", es: "es-ES", it: "it-IT", ja: "ja-JP", ko: "ko-KR", nl: "nl-NL" },
  ...{ pl: "pl-PL", pt: "pt-BR", ru: "ru-RU", tr: "tr-TR", zh: "cmn-Hans-CN", "zh-CN": "cmn-Hans-CN" },
};
/** A connection that is dead is known to be so after both. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_ANSWER_MS = 5_000;
const MAX_HINTS = 500;
const MAX_HINT_LENGTH = 100;

/** Recognition by Google. `endpoint` is another server, `http:` one without encryption and credentials. */
export function gcp({ endpoint }: { readonly endpoint?: string | undefined } = {}): RecognitionProvider {
  let client: Promise<SpeechClient> | undefined;
  const connected = (): Promise<SpeechClient> => {
    client ??= connect(endpoint);
    client.catch(() => {
      client = undefined;
    });
    return client;
  };
  return {
    name: "gcp",
    isPrompt: true,
    longestMs: LONGEST_MS,
    async *recognize(order, signal) {
      yield* streamTo(await orAborted(connected(), signal), order, signal);
    },
  };
}

async function* streamTo(
  client: SpeechClient,
  order: RecognitionOrder,
  signal: AbortSignal,
): AsyncIterable<Recognized> {
  const { sampleRateHz, language, hints } = order;
  const stream = client._streamingRecognize();
  const over = new AbortController();
  const abort = () => stream.cancel();
  signal.addEventListener("abort", abort, { once: true });
  // Told by the iteration below; a second one, after a cancellation, by nobody.
  stream.on("error", () => over.abort());
  try {
    signal.throwIfAborted();
    stream.write({
      streamingConfig: {
        config: {
          encoding: "LINEAR16",
          sampleRateHertz: sampleRateHz,
          languageCode: REGIONS[language] ?? language,
          enableAutomaticPunctuation: true,
          enableWordTimeOffsets: true,
          speechContexts: [{ phrases: hints.slice(0, MAX_HINTS).map((hint) => hint.slice(0, MAX_HINT_LENGTH)) }],
        },
        interimResults: true,
      },
    });
    const fed = feed(stream, order, over.signal);
    fed.catch((error: Error) => stream.destroy(error));
    for await (const response of stream) yield* resultsOf(response);
    signal.throwIfAborted();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw isLimit(error) ? new StreamLimit(messageOf(error)) : failureOf(error);
  } finally {
    signal.removeEventListener("abort", abort);
    over.abort();
    stream.cancel();
  }
}

type Stream = ReturnType<SpeechClient["_streamingRecognize"]>;

async function feed(stream: Stream, { audio, sampleRateHz }: RecognitionOrder, over: AbortSignal): Promise<void> {
  for await (const audioContent of inPieces(audio, bytesOf(LIVE_PIECE_MS, sampleRateHz))) {
    if (over.aborted) return;
    if (stream.write({ audioContent })) continue;
    await once(stream, "drain", { signal: over }).catch(() => undefined);
  }
  stream.end();
}

const durationSchema = z.object({ seconds: z.coerce.number().nullish(), nanos: z.number().nullish() });
const responseSchema = z.object({
  error: z.object({ code: z.number().nullish(), message: z.string().nullish() }).nullish(),
  results: z
    .array(
      z.object({
        isFinal: z.boolean().nullish(),
        resultEndTime: durationSchema.nullish(),
        alternatives: z
          .array(
            z.object({
              transcript: z.string().nullish(),
              confidence: z.number().nullish(),
              words: z.array(z.object({ startTime: durationSchema.nullish() })).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

function* resultsOf(response: unknown): Iterable<Recognized> {
  const { error, results } = responseSchema.parse(response);
  if (error?.code) throw Object.assign(new Error(error.message ?? "Google ended the stream"), { code: error.code });
  const parts = (results ?? []).map(({ isFinal, resultEndTime, alternatives }) => {
    const { transcript, confidence, words } = alternatives?.[0] ?? {};
    const startTime = words?.[0]?.startTime;
    return {
      text: transcript ?? "",
      isFinal: isFinal === true,
      endMs: msOf(resultEndTime),
      ...(startTime && { startMs: msOf(startTime) }),
      ...(isFinal && confidence ? { confidence } : {}),
    };
  });
  yield* parts.filter(({ isFinal }) => isFinal);
  // What is being said comes in parts of different certainty.
  const beingSaid = parts.filter(({ isFinal }) => !isFinal);
  const text = beingSaid.map((part) => part.text).join("");
  if (text !== "") yield { text, isFinal: false, endMs: Math.max(...beingSaid.map(({ endMs }) => endMs)) };
}

const msOf = (time: z.infer<typeof durationSchema> | null | undefined): number =>
  (time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;

async function connect(endpoint: string | undefined): Promise<SpeechClient> {
  const [{ SpeechClient }, options] = await Promise.all([
    import("@google-cloud/speech"),
    googleClientOptions(endpoint),
  ]);
  const client = new SpeechClient({
    ...options,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_ANSWER_MS,
  });
  try {
    // Looks for credentials; later it would throw where nobody can catch it.
    await client.initialize();
    return client;
  } catch (error) {
    throw new RecognitionProviderError(
      "credentials",
      `Google's credentials can't be used: ${messageOf(error)}`,
      undefined,
      {
        cause: error,
      },
    );
  }
}

/** Status codes of gRPC. */
const FAULTS: Readonly<Record<number, RecognitionFault>> = {
  ...{ 1: "unavailable", 2: "unavailable", 3: "refused", 4: "timeout", 5: "refused", 7: "credentials" },
  ...{ 8: "quota", 9: "refused", 10: "unavailable", 13: "unavailable", 14: "unavailable", 16: "credentials" },
};
/** Out of range: the stream has lasted as long as it may. */
const LIMIT_REACHED = 11;
const statusSchema = z.object({ code: z.number() });
const codeOf = (error: unknown): number => statusSchema.safeParse(error).data?.code ?? 0;
const isLimit = (error: unknown): boolean => codeOf(error) === LIMIT_REACHED;

function failureOf(error: unknown): RecognitionProviderError {
  if (error instanceof RecognitionProviderError) return error;
  return new RecognitionProviderError(FAULTS[codeOf(error)] ?? "failed", messageOf(error), undefined, { cause: error });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
