import type { Clock } from "../../ports/clock.ts";
import { type ListenRequest, RecognitionError, type SpeechRecognizer } from "../../ports/speech-recognition.ts";
import type { ProviderHealth } from "./health.ts";
import { listening } from "./listening.ts";
import type { RecognitionProvider } from "./provider.ts";
import { createTurns } from "./turns.ts";

/** Listens by the provider asked for, else by the first of the others that can. */
export function recognizer({
  providers,
  order,
  clock,
  health,
}: {
  /** Those that have what they need. */
  readonly providers: readonly RecognitionProvider[];
  /** Those that may be used, by name, in order of preference. */
  readonly order: readonly string[];
  readonly clock: Clock;
  readonly health: ProviderHealth;
}): SpeechRecognizer {
  const usable = order.flatMap((name) => providers.filter((provider) => provider.name === name));
  const check = () => {
    if (usable.length > 0) return;
    throw new RecognitionError(
      [],
      "no transcription provider is configured: RINGDOWN_STT_PROVIDERS names those to use, docs/transcription.md what each needs",
    );
  };
  return {
    check,
    async *listen(request: ListenRequest, signal: AbortSignal) {
      check();
      const asked = usable.filter(({ name }) => name === request.provider);
      const turns = createTurns([...new Set([...asked, ...usable])], { clock, health });
      const { heard, close } = listening({ turns, clock }, request, signal);
      try {
        yield* heard;
      } finally {
        close();
      }
    },
  };
}
