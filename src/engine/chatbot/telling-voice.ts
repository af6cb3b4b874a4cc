import { type Speech, SpeechError, type Voice } from "../../ports/speech.ts";

/** What was tried so that something is said; without a provider, nobody could say it. */
export type Tried = Pick<Speech, "attempts" | "note"> & { readonly provider?: string };

/** The same voice, which tells of each sentence who was tried, what was wrong, and who spoke it. */
export const tellingVoice = ({ pronounce }: Voice, tell: (tried: Tried) => void): Voice => ({
  async pronounce(request, signal) {
    try {
      const speech = await pronounce(request, signal);
      const { provider, attempts, note } = speech;
      tell({ provider, attempts, ...(note === undefined ? {} : { note }) });
      return speech;
    } catch (error) {
      if (error instanceof SpeechError) tell({ attempts: error.attempts });
      throw error;
    }
  },
});
