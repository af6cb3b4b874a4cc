import type { Metrics } from "../../ports/metrics.ts";
import { type Speaker, type Speech, type SpeechAttempt, SpeechError } from "../../ports/speech.ts";

/** The same synthesizer, with every provider's attempts measured; what came from the cache is no attempt. */
export function measuredSpeech(synthesizer: Speaker, metrics: Metrics): Speaker {
  const measure = (attempts: readonly SpeechAttempt[]) => {
    for (const { provider, latencyMs, cached, fault, error } of attempts) {
      if (!cached) metrics.observe("speech", latencyMs, { provider, outcome: fault ?? (error ? "failed" : "spoken") });
    }
  };
  async function measured<Spoken extends Pick<Speech, "attempts">>(speaking: Promise<Spoken>): Promise<Spoken> {
    try {
      const speech = await speaking;
      measure(speech.attempts);
      return speech;
    } catch (error) {
      if (error instanceof SpeechError) measure(error.attempts);
      throw error;
    }
  }
  return {
    speak: (request, signal) => measured(synthesizer.speak(request, signal)),
    begin: (request, signal) => measured(synthesizer.begin(request, signal)),
  };
}
