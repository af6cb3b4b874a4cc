import type { ActionCatalogue } from "../flow/action.ts";
import { hasPlaceholder } from "../flow/variables.ts";
import type { Action } from "../model/action.ts";
import type { SpeechRequest, Synthesizer } from "../ports/speech.ts";
import type { SpeechAhead } from "../ports/speech-ahead.ts";

type Parts = {
  readonly speech: Synthesizer;
  readonly catalogue: ActionCatalogue;
  /** Hears of words that nobody could speak; a call will try again. */
  readonly onError: (error: unknown) => void;
};

/** What waits beyond this is left to the calls. */
const MAX_WAITING = 10_000;

/**
 * Speaks the fixed words of flows in the background, so that they are kept before the first call. One text at a time:
 * callers come first, at every provider and on this machine.
 */
export function speakAhead({ speech, catalogue, onError }: Parts): SpeechAhead & { close(): Promise<void> } {
  const closing = new AbortController();
  /** By its content: an update that changes one text leaves the others where they wait. */
  const waiting = new Map<string, SpeechRequest>();
  let isWorking = false;
  let work = Promise.resolve();

  const speakAll = async (): Promise<void> => {
    isWorking = true;
    // What is added meanwhile is visited too.
    for (const [key, request] of waiting) {
      if (closing.signal.aborted) break;
      waiting.delete(key);
      await speech.speak(request, closing.signal).catch((error: unknown) => {
        if (!closing.signal.aborted) onError(error);
      });
    }
    isWorking = false;
  };

  return {
    prepare(actions) {
      for (const request of actions.flatMap((action) => fixedSpeechOf(action, catalogue))) {
        if (waiting.size < MAX_WAITING) waiting.set(JSON.stringify(request), request);
      }
      if (!isWorking && !closing.signal.aborted) work = speakAll();
    },
    async close() {
      closing.abort();
      await work;
    },
  };
}

/** What an action will say, whatever the variables are. */
function fixedSpeechOf({ type, option }: Action, catalogue: ActionCatalogue): readonly SpeechRequest[] {
  const definition = catalogue.get(type);
  if (!definition?.speaks) return [];
  const parsed = definition.option.safeParse(option);
  const request = parsed.success ? definition.speaks(parsed.data) : undefined;
  return request && ![request.text, request.voice ?? ""].some(hasPlaceholder) ? [request] : [];
}
