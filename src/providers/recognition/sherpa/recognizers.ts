import sherpa, { type OnlineRecognizer } from "sherpa-onnx-node";
import type { SpeechModel } from "./model.ts";

/** Without a word, the model begins anew after so long. */
const SILENCE_S = 2.4;
const LONGEST_SENTENCE_S = 20;
/** How much likelier each token of a hint becomes, as sherpa-onnx counts. */
const HINT_SCORE = 2;
/** Each is the whole model once more in memory. */
const MOST_WITH_HINTS = 4;

/** A recognizer in use; to be released once. */
export type Borrowed = { readonly recognizer: OnlineRecognizer; release(): void };
type Hinted = { readonly recognizer: OnlineRecognizer; users: number };

/**
 * Recognizers of one model, for which such a pause parts sentences: hints belong to a recognizer, so there is one without,
 * and a few with those last asked for.
 */
export function createRecognizers(model: SpeechModel, pauseMs: number) {
  const plain = new sherpa.OnlineRecognizer(configOf(model, pauseMs, []));
  const kept = new Map<string, Hinted>();

  function makeRoom(): boolean {
    if (kept.size < MOST_WITH_HINTS) return true;
    const [unused] = [...kept].flatMap(([key, { users }]) => (users === 0 ? [key] : []));
    if (unused === undefined) return false;
    kept.delete(unused);
    // Its memory is not JavaScript's, which sees no reason to clean up.
    globalThis.gc?.();
    return true;
  }

  function hinted(hints: readonly string[]): Hinted | undefined {
    const key = hints.join("\n");
    const known = kept.get(key);
    if (!known && !makeRoom()) return undefined;
    const one = known ?? { recognizer: new sherpa.OnlineRecognizer(configOf(model, pauseMs, hints)), users: 0 };
    kept.delete(key);
    kept.set(key, one);
    return one;
  }

  return {
    /** With these hints, if the model takes any, and if not too many others are in use. */
    borrow(hints: readonly string[]): Borrowed {
      const one = hints.length > 0 && model.hints ? hinted(hints) : undefined;
      if (!one) return { recognizer: plain, release() {} };
      one.users += 1;
      return {
        recognizer: one.recognizer,
        release() {
          one.users -= 1;
        },
      };
    },
  };
}

function configOf(model: SpeechModel, pauseMs: number, hints: readonly string[]): object {
  const { network, tokens, sampleRateHz, stepFactor } = model;
  const words = hints.join("\n");
  const modelConfig = {
    ...network,
    tokens,
    ...(words !== "" && model.hints),
    numThreads: 1,
    provider: "cpu",
    debug: 0,
  };
  return {
    ...{ featConfig: { sampleRate: sampleRateHz, featureDim: 80 }, modelConfig, enableEndpoint: 1 },
    rule1MinTrailingSilence: SILENCE_S / stepFactor,
    rule2MinTrailingSilence: pauseMs / 1_000 / stepFactor,
    rule3MinUtteranceLength: LONGEST_SENTENCE_S,
    ...(words !== "" && {
      ...{ decodingMethod: "modified_beam_search", maxActivePaths: 4, hotwordsScore: HINT_SCORE },
      ...{ hotwordsBuf: words, hotwordsBufSize: Buffer.byteLength(words) },
    }),
  };
}
