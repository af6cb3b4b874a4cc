/** Amazon Transcribe, by its own SDK: https://docs.aws.amazon.com/transcribe/latest/dg/streaming.html */
import { Readable } from "node:stream";
import type { LanguageCode, Result, TranscribeStreamingClient } from "@aws-sdk/client-transcribe-streaming";
import { z } from "zod";
import { orAborted } from "../../ports/or-aborted.ts";
import type { RecognitionFault } from "../../ports/speech-recognition.ts";
import { bytesOf, inPieces, LIVE_PIECE_MS } from "./pieces.ts";
import {
  type RecognitionOrder,
  type RecognitionProvider,
  RecognitionProviderError,
  type Recognized,
} from "./provider.ts";

type Sdk = typeof import("@aws-sdk/client-transcribe-streaming");
type Amazon = { readonly sdk: Sdk; readonly client: TranscribeStreamingClient };

/** What Amazon lets one stream last: four hours. */
const LONGEST_MS = 14_000_000;
/** Where a language alone doesn't say which of its countries is meant. */
const REGIONS: Readonly<Record<string, string>> = {
  ...{ en: "en-US", de: "de-DE", fr: "fr-FR", es: "es-US", it: "it-IT", ja: "ja-JP", ko: "ko-KR", nl: "nl-NL" },
  ...{ pl: "pl-PL", pt: "pt-BR", ru: "ru-RU", tr: "tr-TR", zh: "zh-CN" },
};

/** Recognition by Amazon. `endpoint` is another server. */
export function aws({ endpoint }: { readonly endpoint?: string | undefined } = {}): RecognitionProvider {
  let amazon: Promise<Amazon> | undefined;
  const connected = (): Promise<Amazon> => {
    amazon ??= connect(endpoint);
    amazon.catch(() => {
      amazon = undefined;
    });
    return amazon;
  };
  return {
    name: "aws",
    isPrompt: true,
    longestMs: LONGEST_MS,
    async *recognize(order, signal) {
      try {
        yield* streamTo(await orAborted(connected(), signal), order, signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : failureOf(error);
      }
    },
  };
}

async function* streamTo(
  { sdk, client }: Amazon,
  order: RecognitionOrder,
  signal: AbortSignal,
): AsyncIterable<Recognized> {
  const { sampleRateHz, language } = order;
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal]);
  let hasSentAll = false;
  async function* sent() {
    for await (const AudioChunk of inPieces(order.audio, bytesOf(LIVE_PIECE_MS, sampleRateHz))) {
      if (limit.aborted) return;
      yield { AudioEvent: { AudioChunk } };
    }
    hasSentAll = true;
  }
  try {
    const command = new sdk.StartStreamTranscriptionCommand({
      // Amazon has new languages before its SDK knows of them.
      LanguageCode: (REGIONS[language] ?? language) as LanguageCode,
      MediaEncoding: "pcm",
      MediaSampleRateHertz: sampleRateHz,
      AudioStream: sent(),
    });
    const answer = bodyOf(command);
    const { TranscriptResultStream } = await orAborted(client.send(command, { abortSignal: limit }), signal);
    if (!TranscriptResultStream) throw new RecognitionProviderError("failed", "Amazon answered without a stream");
    const events = TranscriptResultStream[Symbol.asyncIterator]();
    for (;;) {
      const next = await orAborted(events.next(), signal);
      if (next.done) break;
      for (const result of next.value.TranscriptEvent?.Transcript?.Results ?? []) yield recognizedOf(result);
    }
    // To the SDK a connection that was cut looks like the end.
    if (!hasSentAll || !answer().readableEnded)
      throw new RecognitionProviderError("unavailable", "the stream broke off");
  } finally {
    over.abort();
  }
}

type Command = InstanceType<Sdk["StartStreamTranscriptionCommand"]>;
const responseSchema = z.object({ body: z.instanceof(Readable) });

/** Gives what the answer is read from, once it has come. */
function bodyOf(command: Command): () => Readable {
  let response: unknown;
  command.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      response = result.response;
      return result;
    },
    { step: "deserialize" },
  );
  return () => responseSchema.parse(response).body;
}

function recognizedOf({ StartTime = 0, EndTime = 0, IsPartial = false, Alternatives = [] }: Result): Recognized {
  const [best] = Alternatives;
  const confidences = (best?.Items ?? []).flatMap(({ Confidence }) => Confidence ?? []);
  const sum = confidences.reduce((total, one) => total + one, 0);
  return {
    text: best?.Transcript ?? "",
    isFinal: !IsPartial,
    ...(!IsPartial && confidences.length > 0 && { confidence: sum / confidences.length }),
    startMs: StartTime * 1_000,
    endMs: EndTime * 1_000,
  };
}

async function connect(endpoint: string | undefined): Promise<Amazon> {
  const sdk = await import("@aws-sdk/client-transcribe-streaming");
  // The next provider is our second attempt: audio that was sent can't be sent again here.
  const client = new sdk.TranscribeStreamingClient({ maxAttempts: 1, ...(endpoint !== undefined && { endpoint }) });
  try {
    await Promise.all([client.config.region(), client.config.credentials()]);
    return { sdk, client };
  } catch (error) {
    const message = `Amazon's credentials can't be used: ${messageOf(error)}`;
    throw new RecognitionProviderError("credentials", message, undefined, { cause: error });
  }
}

const FAULTS: Readonly<Record<string, RecognitionFault>> = {
  LimitExceededException: "quota",
  ThrottlingException: "quota",
  BadRequestException: "refused",
  CredentialsProviderError: "credentials",
  TokenProviderError: "credentials",
};
const answerSchema = z.object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number() }).nullish() });

function failureOf(error: unknown): RecognitionProviderError {
  if (error instanceof RecognitionProviderError) return error;
  const { name = "", $metadata } = answerSchema.safeParse(error).data ?? {};
  const fault = FAULTS[name] ?? faultOfStatus($metadata?.httpStatusCode);
  return new RecognitionProviderError(fault, `${name}: ${messageOf(error)}`, undefined, { cause: error });
}

function faultOfStatus(status: number | undefined): RecognitionFault {
  if (status === 401 || status === 403) return "credentials";
  if (status === 429) return "quota";
  return status !== undefined && status >= 400 && status < 500 ? "refused" : "unavailable";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
