import { orAborted } from "../../ports/or-aborted.ts";
import { type SpeechProvider, SpeechProviderError } from "../../ports/speech.ts";

/** The same provider, given up when it takes longer than this; one that tells its sound as it comes, between two pieces. */
export const withDeadline = (provider: SpeechProvider, deadlineMs: number): SpeechProvider => ({
  name: provider.name,
  async synthesize(request, path, signal, tell = () => {}) {
    const deadline = new AbortController();
    const giveUp = () => deadline.abort();
    let timer = setTimeout(giveUp, deadlineMs);
    const limit = AbortSignal.any([signal, deadline.signal]);
    try {
      const work = provider.synthesize(request, path, limit, (sound) => {
        if (limit.aborted) return;
        clearTimeout(timer);
        timer = setTimeout(giveUp, deadlineMs);
        tell(sound);
      });
      await orAborted(work, limit);
    } catch (error) {
      if (!deadline.signal.aborted || signal.aborted) throw error;
      throw new SpeechProviderError("timeout", `nothing came for ${deadlineMs} ms`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  },
});
