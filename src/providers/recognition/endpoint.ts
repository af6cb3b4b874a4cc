/** An endpoint that transcribes as OpenAI's does, whisper.cpp's server for one. */
import type { OpenAI } from "openai";
import { z } from "zod";
import { wavOf } from "../../model/wav.ts";
import type { RecognitionFault } from "../../ports/speech-recognition.ts";
import { type RecognitionProvider, RecognitionProviderError } from "./provider.ts";
import { bySegments } from "./segments.ts";

export type EndpointSettings = {
  /** What stands before `/audio/transcriptions`. */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  /** How long it may take over one sentence. */
  readonly deadlineMs: number;
  /** The silence that ends a sentence. */
  readonly pauseMs: number;
};

const MAX_PROMPT_LENGTH = 800;

/** Recognition by an endpoint of the operator's, sentence by sentence. */
export function endpoint({ url, model, key, deadlineMs, pauseMs }: EndpointSettings): RecognitionProvider {
  let client: Promise<OpenAI> | undefined;
  const connect = async () => {
    const { OpenAI } = await import("openai");
    // The next provider is our second attempt.
    return new OpenAI({ baseURL: url, apiKey: key ?? "none", maxRetries: 0, timeout: deadlineMs, logLevel: "off" });
  };
  return bySegments(async ({ pcm }, { sampleRateHz, language, hints }, signal) => {
    client ??= connect();
    const { audio } = await client;
    const prompt = hints.join(", ").slice(0, MAX_PROMPT_LENGTH);
    try {
      const answer = await audio.transcriptions.create(
        {
          file: new File([new Uint8Array(wavOf(pcm, sampleRateHz))], "speech.wav", { type: "audio/wav" }),
          model,
          // It knows languages, not countries.
          language: language.split("-")[0] ?? language,
          response_format: "json",
          ...(prompt !== "" && { prompt }),
        },
        { signal },
      );
      return { text: answerSchema.parse(answer).text.trim() };
    } catch (error) {
      throw signal.aborted ? signal.reason : failureOf(error, url);
    }
  }, pauseMs);
}

const answerSchema = z.object({ text: z.string() });
const errorSchema = z.object({ status: z.number().nullish(), name: z.string().nullish() });

function failureOf(error: unknown, url: string): RecognitionProviderError {
  const { status } = errorSchema.safeParse(error).data ?? {};
  const said = error instanceof Error ? error.message : String(error);
  const fault = error instanceof z.ZodError ? "failed" : faultOf(status, said);
  const message = error instanceof z.ZodError ? "its answer has no text" : said;
  return new RecognitionProviderError(fault, `${new URL(url).origin}: ${message}`, REMEDIES[fault], { cause: error });
}

function faultOf(status: number | null | undefined, said: string): RecognitionFault {
  if (typeof status !== "number") return /timed out/i.test(said) ? "timeout" : "unavailable";
  if (status === 401 || status === 403) return "credentials";
  if (status === 429) return "quota";
  if (status === 408) return "timeout";
  return status >= 500 ? "unavailable" : "refused";
}

const REMEDIES: { readonly [Fault in RecognitionFault]?: string } = {
  credentials: "set RINGDOWN_STT_LOCAL_KEY to a key that the endpoint accepts",
  refused: "look whether RINGDOWN_STT_LOCAL_URL and RINGDOWN_STT_LOCAL_MODEL are what the endpoint expects",
  timeout: "take a smaller model, or a faster machine for it, or raise RINGDOWN_STT_LOCAL_DEADLINE_MS",
  unavailable: "look whether the endpoint of RINGDOWN_STT_LOCAL_URL runs and can be reached from here",
};
