import { writeFile } from "node:fs/promises";
import { wavHead } from "../../model/wav.ts";
import { type SpeechProvider, SpeechProviderError, type SpeechRequest, type TellSound } from "../../ports/speech.ts";
import { cleanSsml, type SsmlDialect } from "./clean-ssml.ts";
import { piecesOf } from "./pieces.ts";
import { spokenText } from "./plain-text.ts";
import { isSsml } from "./ssml.ts";
import { tellInTurn } from "./tell-in-turn.ts";

/** The rate at which clouds are asked to speak: the highest that a telephone carries. */
export const SAMPLE_RATE_HZ = 16_000;

/** What a cloud is given to say at once. */
export type Words = { readonly kind: "text" | "ssml"; readonly content: string };

/** How a cloud differs from the others. */
export type Cloud = {
  readonly name: string;
  readonly dialect: SsmlDialect;
  /** What it takes at once, as `lengthOf` measures it. */
  readonly maxLength: Readonly<Record<Words["kind"], number>>;
  readonly lengthOf: (text: string) => number;
  /**
   * Answers with 16-bit mono sound of 16 kHz, without a head; one that can tells it as it comes, once it is sure that it
   * will not be refused. @throws SpeechProviderError, or the signal's reason
   */
  say(words: Words, request: SpeechRequest, signal: AbortSignal, tell: TellSound): Promise<Buffer>;
};

/** Half an hour of speech; more is a mistake, and it would be paid for. */
const MAX_TEXT_LENGTH = 32_768;

/**
 * A provider that speaks by a cloud. SSML is cleaned first; what is malformed, too long or refused is said in plain
 * words. A long text is said in pieces.
 */
export function cloudProvider(cloud: Cloud): SpeechProvider {
  return {
    name: cloud.name,
    async synthesize(request, path, signal, tell = () => {}) {
      if (request.text.length > MAX_TEXT_LENGTH) {
        throw new SpeechProviderError("refused", `the text is longer than ${MAX_TEXT_LENGTH} characters`);
      }
      const plain = spokenText(request.text);
      if (plain === "") throw new SpeechProviderError("no_audio", "there is nothing to say");
      const sound =
        (await saySsml(cloud, request, signal, tell)) ?? (await sayPlain(cloud, plain, request, signal, tell));
      const pcmBytes = sound.reduce((sum, { length }) => sum + length, 0);
      if (pcmBytes === 0) throw new SpeechProviderError("no_audio", `${cloud.name} sent no audio`);
      await writeFile(path, [wavHead(pcmBytes, SAMPLE_RATE_HZ), ...sound], { signal });
    },
  };
}

type Sound = readonly Buffer[];

/** Undefined when it should be tried in plain words. */
async function saySsml(
  cloud: Cloud,
  request: SpeechRequest,
  signal: AbortSignal,
  tell: TellSound,
): Promise<Sound | undefined> {
  const content = isSsml(request.text) ? cleanSsml(request.text, cloud.dialect) : undefined;
  if (content === undefined || cloud.lengthOf(content) > cloud.maxLength.ssml) return undefined;
  try {
    return [await cloud.say({ kind: "ssml", content }, request, signal, tell)];
  } catch (error) {
    if (error instanceof SpeechProviderError && error.fault === "refused") return undefined;
    throw error;
  }
}

async function sayPlain(
  cloud: Cloud,
  plain: string,
  request: SpeechRequest,
  signal: AbortSignal,
  tell: TellSound,
): Promise<Sound> {
  const pieces = piecesOf(plain, cloud.maxLength.text, cloud.lengthOf);
  const failing = new AbortController();
  const limit = AbortSignal.any([signal, failing.signal]);
  const inTurn = tellInTurn(pieces.length, tell);
  const say = async (content: string, index: number): Promise<Buffer> => {
    const sound = await cloud.say({ kind: "text", content }, request, limit, inTurn.of(index));
    inTurn.over(index);
    return sound;
  };
  try {
    return await Promise.all(pieces.map(say));
  } finally {
    // When one piece has failed, nobody wants the others.
    failing.abort();
  }
}
