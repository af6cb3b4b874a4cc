/** Amazon Polly, by its own SDK: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html */
import { Readable } from "node:stream";
import type { Engine, PollyClient, Voice, VoiceId } from "@aws-sdk/client-polly";
import { z } from "zod";
import { orAborted } from "../../ports/or-aborted.ts";
import {
  type SpeechFault,
  type SpeechProvider,
  SpeechProviderError,
  type SpeechRequest,
  type TellSound,
} from "../../ports/speech.ts";
import { pollyDefaultVoice, pollyVoiceFor } from "./aws-voices.ts";
import { commonDialect } from "./clean-ssml.ts";
import { cloudProvider, SAMPLE_RATE_HZ, type Words } from "./cloud.ts";
import { collectSound } from "./collect-sound.ts";

type Sdk = typeof import("@aws-sdk/client-polly");
type Polly = { readonly sdk: Sdk; readonly client: PollyClient; voices?: Promise<readonly Voice[]> };

/** The cheapest first; a voice has some of them. */
const ENGINES: readonly Engine[] = ["standard", "neural", "generative", "long-form"];
/** More would only keep a caller waiting: the next provider is our next attempt. */
const MAX_ATTEMPTS = 2;

/** Speech by Amazon. `endpoint` is another server. */
export function aws({ endpoint }: { readonly endpoint?: string | undefined } = {}): SpeechProvider {
  let polly: Promise<Polly> | undefined;
  const engines = new Map<string, Engine>();
  const connected = (): Promise<Polly> => {
    polly ??= connect(endpoint);
    polly.catch(() => {
      polly = undefined;
    });
    return polly;
  };
  return cloudProvider({
    name: "aws",
    dialect: {
      ...commonDialect,
      "amazon:auto-breaths": ["volume", "frequency", "duration"],
      "amazon:breath": ["duration", "volume"],
      "amazon:domain": ["name"],
      "amazon:effect": ["name", "phonation", "vocal-tract-length"],
      w: ["role"],
    },
    maxLength: { text: 3_000, ssml: 6_000 },
    lengthOf: (text) => text.length,
    async say(words, request, signal, tell) {
      if (request.voice !== undefined && !/^[A-Za-z]{1,32}$/.test(request.voice)) {
        throw new SpeechProviderError("unknown_voice", "this is no name of a voice of Amazon's");
      }
      try {
        const speaker = await orAborted(connected(), signal);
        const usual = isChoice(request) ? undefined : pollyDefaultVoice(request.language);
        const voice = request.voice ?? usual ?? (await chooseVoice(speaker, request, signal));
        return await sayWithAnyEngine(speaker, { words, voice, tell }, engines, signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : failureOf(error, words, request);
      }
    },
  });
}

async function connect(endpoint: string | undefined): Promise<Polly> {
  const sdk = await import("@aws-sdk/client-polly");
  const client = new sdk.PollyClient({ maxAttempts: MAX_ATTEMPTS, ...(endpoint !== undefined && { endpoint }) });
  try {
    await Promise.all([client.config.region(), client.config.credentials()]);
    return { sdk, client };
  } catch (error) {
    throw new SpeechProviderError("credentials", `Amazon's credentials can't be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

type Saying = { readonly words: Words; readonly voice: string; readonly tell: TellSound };

async function sayWithAnyEngine(
  polly: Polly,
  saying: Saying,
  engines: Map<string, Engine>,
  signal: AbortSignal,
): Promise<Buffer> {
  const known = engines.get(saying.voice);
  const candidates = known ? [known] : ENGINES;
  for (const [index, engine] of candidates.entries()) {
    try {
      const sound = await sayOnce(polly, saying, engine, signal);
      engines.set(saying.voice, engine);
      return sound;
    } catch (error) {
      const isLast = index === candidates.length - 1;
      if (isLast || !(error instanceof polly.sdk.EngineNotSupportedException)) throw error;
    }
  }
  throw new SpeechProviderError("unknown_voice", "no engine of Amazon's has this voice");
}

async function sayOnce(
  { sdk, client }: Polly,
  { words, voice, tell }: Saying,
  engine: Engine,
  signal: AbortSignal,
): Promise<Buffer> {
  const { AudioStream } = await client.send(
    new sdk.SynthesizeSpeechCommand({
      Text: words.content,
      TextType: words.kind,
      // Amazon has new voices before its SDK knows of them.
      VoiceId: voice as VoiceId,
      Engine: engine,
      OutputFormat: "pcm",
      SampleRate: String(SAMPLE_RATE_HZ),
    }),
    { abortSignal: signal },
  );
  if (!(AudioStream instanceof Readable)) return Buffer.alloc(0);
  const sound = await collectSound(AudioStream, tell);
  signal.throwIfAborted();
  // To the SDK and to Node a connection that was cut looks like the end of the audio, but for this.
  if (!AudioStream.readableEnded) throw new SpeechProviderError("unavailable", "the audio broke off");
  return sound;
}

const isChoice = ({ gender }: SpeechRequest): boolean => gender === "male" || gender === "female";

async function chooseVoice(polly: Polly, request: SpeechRequest, signal: AbortSignal): Promise<string> {
  polly.voices ??= listVoices(polly);
  polly.voices.catch(() => {
    delete polly.voices;
  });
  const voices = await orAborted(polly.voices, signal);
  const wanted = voices.filter(({ Gender }) => !isChoice(request) || Gender?.toLowerCase() === request.gender);
  const chosen = pollyVoiceFor(request.language, wanted) ?? pollyVoiceFor(request.language, voices);
  if (chosen === undefined) throw new SpeechProviderError("refused", "Amazon has no voice for this language");
  return chosen;
}

async function listVoices({ sdk, client }: Polly): Promise<readonly Voice[]> {
  const voices: Voice[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new sdk.DescribeVoicesCommand({ NextToken }));
    voices.push(...(page.Voices ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return voices;
}

const FAULTS: Readonly<Record<string, SpeechFault>> = {
  ThrottlingException: "quota",
  ServiceQuotaExceededException: "quota",
  CredentialsProviderError: "credentials",
  TokenProviderError: "credentials",
};
const answerSchema = z.object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number() }).nullish() });

function failureOf(error: unknown, words: Words, { voice }: SpeechRequest): SpeechProviderError {
  if (error instanceof SpeechProviderError) return error;
  const { name = "", $metadata } = answerSchema.safeParse(error).data ?? {};
  const fault = FAULTS[name] ?? faultOfStatus($metadata?.httpStatusCode);
  // Of plain words in a voice that somebody named, the voice is what can be wrong.
  const isVoice = fault === "refused" && words.kind === "text" && voice !== undefined;
  const message = `${name}: ${messageOf(error)}`;
  return new SpeechProviderError(isVoice ? "unknown_voice" : fault, message, { cause: error });
}

function faultOfStatus(status: number | undefined): SpeechFault {
  if (status === undefined || status >= 500) return "unavailable";
  if (status === 401 || status === 403) return "credentials";
  if (status === 429) return "quota";
  return status >= 400 ? "refused" : "unavailable";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
