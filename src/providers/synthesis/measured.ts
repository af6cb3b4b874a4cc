import type { Metrics } from "../../ports/metrics.ts";
import { type SpeechAttempt, SpeechError, type Synthesizer } from "../../ports/speech.ts";

/** The same synthesizer, with every provider's attempts measured; what came from the cache is no attempt. */
export function measuredSpeech(synthesizer: Synthesizer, metrics: Metrics): Synthesizer {
  const measure = (attempts: readonly SpeechAttempt[]) => {
    for (const { provider, latencyMs, cached, fault, error } of attempts) {
      if (!cached) metrics.observe("speech", latencyMs, { provider, outcome: fault ?? (error ? "failed" : "spoken") });
    }
  };
  return {
    async speak(request, signal) {
      try {
        const speech = await synthesizer.speak(request, signal);
        measure(speech.attempts);
        return speech;
      } catch (error) {
        if (error instanceof SpeechError) measure(error.attempts);
        throw error;
      }
    },
  };
}
