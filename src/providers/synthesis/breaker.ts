/**
 * Keeps callers from waiting for a provider that is down.
 * 1. After some failures in a row the provider is not asked for a while; the next one speaks at once.
 * 2. Then the first request that comes is tried in the background. Its caller doesn't wait for it either.
 * 3. Success closes; failure doubles the pause. What is wrong with a request itself counts for neither.
 */
import { rm } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import { type SpeechFault, type SpeechProvider, SpeechProviderError, type SpeechRequest } from "../../ports/speech.ts";

/** The provider is not asked any more, or asked again. */
export type BreakerChange = { readonly provider: string; readonly open: boolean; readonly error?: string };

export type BreakerSettings = {
  readonly clock: Pick<Clock, "now">;
  readonly onChange?: (change: BreakerChange) => void;
  readonly failuresToOpen?: number;
  readonly pauseMs?: number;
};

export type Breaker = SpeechProvider & {
  /** Gives up what is tried in the background. */
  close(): Promise<void>;
};

/** Callers who may have to wait for a provider that has just died. */
const FAILURES_TO_OPEN = 3;
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 600_000;

/** Faults that say nothing about the provider's health. */
const FAULTS_OF_REQUESTS: ReadonlySet<SpeechFault> = new Set(["refused", "unknown_voice", "no_audio"]);

export function breaker(
  provider: SpeechProvider,
  { clock, onChange = () => {}, failuresToOpen = FAILURES_TO_OPEN, pauseMs = PAUSE_MS }: BreakerSettings,
): Breaker {
  const { name } = provider;
  const closing = new AbortController();
  let failures = 0;
  let open: { readonly untilMs: number; readonly pauseMs: number; readonly error: string } | undefined;
  let probe: Promise<void> | undefined;

  const succeeded = (): void => {
    failures = 0;
    if (open) onChange({ provider: name, open: false });
    open = undefined;
  };
  const failed = (error: string): void => {
    failures += 1;
    if (failures < failuresToOpen && !open) return;
    // Several that fail at once are one failure.
    if (open && clock.now() < open.untilMs) return;
    const nextMs = open ? Math.min(open.pauseMs * 2, LONGEST_PAUSE_MS) : pauseMs;
    if (!open) onChange({ provider: name, open: true, error });
    open = { untilMs: clock.now() + nextMs, pauseMs: nextMs, error };
  };
  const attempt: SpeechProvider["synthesize"] = async (request, path, signal, tell) => {
    try {
      await provider.synthesize(request, path, signal, tell);
      succeeded();
    } catch (error) {
      if (!signal.aborted && isOfProvider(error)) failed(error.message);
      throw error;
    }
  };
  /** Its result is heard by nobody. */
  const probeWith = async (request: SpeechRequest, path: string): Promise<void> => {
    await attempt(request, path, closing.signal).catch(() => undefined);
    await rm(path, { force: true });
    probe = undefined;
  };

  return {
    name,
    async synthesize(request, path, signal, tell) {
      if (!open) return attempt(request, path, signal, tell);
      const { error } = open;
      if (clock.now() >= open.untilMs) probe ??= probeWith(request, `${path}.probe`);
      throw new SpeechProviderError("unavailable", `not asked, since it failed lately: ${error}`);
    },
    async close() {
      closing.abort();
      await probe;
    },
  };
}

const isOfProvider = (error: unknown): error is SpeechProviderError =>
  error instanceof SpeechProviderError && !FAULTS_OF_REQUESTS.has(error.fault);
