import { type SpeechProvider, SpeechProviderError } from "../../ports/speech.ts";
import { orAborted } from "../or-aborted.ts";

/** The same provider, given up when it takes longer than this. */
export const withDeadline = (provider: SpeechProvider, deadlineMs: number): SpeechProvider => ({
  name: provider.name,
  async synthesize(request, path, signal) {
    const deadline = AbortSignal.timeout(deadlineMs);
    const limit = AbortSignal.any([signal, deadline]);
    try {
      await orAborted(provider.synthesize(request, path, limit), limit);
    } catch (error) {
      if (!deadline.aborted || signal.aborted) throw error;
      throw new SpeechProviderError("timeout", `no answer within ${deadlineMs} ms`, { cause: error });
    }
  },
});
