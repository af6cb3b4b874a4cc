import type { Clock } from "../../ports/clock.ts";
import {
  type Speaker,
  type SpeechAttempt,
  SpeechBrokenOff,
  SpeechError,
  type SpeechFault,
  type SpeechProvider,
  SpeechProviderError,
  type SpeechRequest,
} from "../../ports/speech.ts";
import { sharesOf } from "./silence.ts";
import type { Begin, Speak } from "./speech-cache.ts";
import { asSsml } from "./ssml.ts";

/** Asked for when a request names nobody. */
const DEFAULT_PROVIDER = "gcp";
/** The one that needs nobody else, and so comes last. */
const LAST_PROVIDER = "local";

/** Speaks by the provider asked for, else by the first of the others that can. */
export function synthesizer({
  providers,
  order,
  speak,
  begin,
  silenceMs,
  clock,
}: {
  /** Those that have what they need. */
  readonly providers: readonly SpeechProvider[];
  /** Those that may be used, by name, in order of preference. */
  readonly order: readonly string[];
  readonly speak: Speak;
  readonly begin: Begin;
  /** How long all of them together may take: the caller hears nothing meanwhile. */
  readonly silenceMs: number;
  readonly clock: Pick<Clock, "now">;
}): Speaker {
  const usable = providers.filter(({ name }) => order.includes(name));
  /** Who broke off was silent for as long as the others may be; what is left is the last one's share. */
  const allowedMs = ({ brokenOff, withinMs = silenceMs }: SpeechRequest): number =>
    Math.min(brokenOff ? sharesOf(silenceMs).lastMs : silenceMs, withinMs);

  /** The first result that a provider comes to, and what was tried for it. */
  async function ask<Result extends object>(
    request: SpeechRequest,
    signal: AbortSignal,
    work: (...asked: Parameters<Speak>) => Promise<Result>,
  ) {
    const asked = request.provider ?? DEFAULT_PROVIDER;
    const candidates = candidatesFor({ ...request, provider: asked }, usable, order);
    const note = usable.some(({ name }) => name === asked) ? {} : { note: `${asked} is not configured` };
    const limitMs = allowedMs(request);
    const endOfAll = AbortSignal.timeout(limitMs);
    const endOfOthers = AbortSignal.timeout(sharesOf(limitMs).othersMs);
    const attempts: SpeechAttempt[] = request.brokenOff ? [request.brokenOff] : [];
    for (const [index, { provider, voice }] of candidates.entries()) {
      const startedMs = clock.now();
      const attempt = (more: Partial<SpeechAttempt>) =>
        attempts.push({ provider: provider.name, latencyMs: clock.now() - startedMs, ...more });
      const end = candidates.slice(index + 1).some(isLast) ? endOfOthers : endOfAll;
      try {
        const { text, language, gender, isUrgent } = request;
        const words = {
          text: asSsml(text),
          language,
          voice,
          ...(gender !== undefined && { gender }),
          ...(isUrgent && { isUrgent }),
        };
        const result = await until(end, signal, (limit) => work(provider, words, limit));
        if ("cached" in result && result.cached) attempt({ cached: true });
        else attempt("sound" in result ? { streamed: true } : {});
        return { result, startedMs, told: { provider: provider.name, attempts, ...note } };
      } catch (error) {
        signal.throwIfAborted();
        attempt(failureOf(error));
      }
    }
    throw new SpeechError(attempts, summary(attempts));
  }

  /** The same sound, which tells who broke it off, and what can be done about that. */
  async function* whole(sound: AsyncIterable<Uint8Array>, provider: string, startedMs: number) {
    try {
      yield* sound;
    } catch (cause) {
      const attempt = { provider, latencyMs: clock.now() - startedMs, streamed: true, ...failureOf(cause) } as const;
      throw new SpeechBrokenOff(attempt, { cause });
    }
  }

  return {
    async speak(request, signal) {
      const { result, told } = await ask(request, signal, speak);
      return { media: { kind: "audio", id: result.audioId }, ...told };
    },
    async begin(request, signal) {
      const { result, startedMs, told } = await ask(request, signal, begin);
      if ("sound" in result) return { sound: whole(result.sound, told.provider, startedMs), ...told };
      return { media: { kind: "audio", id: result.audioId }, ...told };
    },
  };
}

type Candidate = { readonly provider: SpeechProvider; readonly voice: string | undefined };
const isLast = ({ provider }: Candidate): boolean => provider.name === LAST_PROVIDER;

/**
 * The one asked for with its voice, then the others, and at last that one with its own voice: a wrong voice is no silence.
 * Who has just broken off comes after all of them.
 */
function candidatesFor(
  { provider: asked, voice, brokenOff }: SpeechRequest,
  providers: readonly SpeechProvider[],
  order: readonly string[],
): readonly Candidate[] {
  const named = (name: string): readonly SpeechProvider[] => providers.filter((provider) => provider.name === name);
  const others = order.filter((name) => name !== asked && name !== LAST_PROVIDER);
  const last = asked !== LAST_PROVIDER && order.includes(LAST_PROVIDER) ? [LAST_PROVIDER] : [];
  const candidates = [
    ...named(asked ?? "").map((provider) => ({ provider, voice })),
    ...[...others, ...last, ...(voice === undefined ? [] : [asked ?? ""])]
      .flatMap(named)
      .map((provider) => ({ provider, voice: undefined })),
  ];
  const hasBrokenOff = ({ provider }: Candidate): boolean => provider.name === brokenOff?.provider;
  return [...candidates.filter((one) => !hasBrokenOff(one)), ...candidates.filter(hasBrokenOff)];
}

async function until<Result>(
  end: AbortSignal,
  signal: AbortSignal,
  work: (limit: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(AbortSignal.any([signal, end]));
  } catch (error) {
    if (!end.aborted || signal.aborted) throw error;
    throw new SpeechProviderError("timeout", "the caller has waited too long", { cause: error });
  }
}

function failureOf(error: unknown): Pick<SpeechAttempt, "fault" | "error" | "remedy"> {
  const fault = error instanceof SpeechProviderError ? error.fault : "failed";
  return { fault, error: error instanceof Error ? error.message : String(error), remedy: REMEDIES[fault] };
}

const REMEDIES: Readonly<Record<SpeechFault, string>> = {
  timeout: "look whether the provider has an outage; RINGDOWN_TTS_DEADLINE_MS says how long it is waited for",
  no_audio: "give a text with words that can be spoken in this language",
  unavailable: "look whether the provider has an outage, is installed, and can be reached from here",
  credentials: "set credentials that may use text-to-speech: docs/configuration.md",
  quota: "raise the quota of the account, or name another provider",
  refused: "use a language and a text that the provider can speak, or name another provider",
  unknown_voice: "name a voice that the provider has, or none",
  failed: "see the log; the provider did what we do not understand",
};

function summary(attempts: readonly SpeechAttempt[]): string {
  if (attempts.length === 0) return "no speech provider is configured: RINGDOWN_TTS_PROVIDERS names those to use";
  return `no provider could speak: ${attempts.map(({ provider, error }) => `${provider}: ${error}`).join("; ")}`;
}
