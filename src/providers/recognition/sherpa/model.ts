/** Which model a directory holds: found out by its files, and by what these say of themselves. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelFiles, modelFilesAmong } from "./model-files.ts";
import { kindOf, type ModelKind } from "./model-kind.ts";
import { onnxMetadata } from "./onnx-metadata.ts";
import { type Vocabulary, vocabularyOf } from "./vocabulary.ts";

export type SpeechModel = Omit<ModelKind, "canTakeHints"> & {
  readonly tokens: string;
  readonly vocabulary: Vocabulary;
  /** How hints are cut into its tokens; absent when it takes none. */
  readonly hints?: { readonly modelingUnit: string; readonly bpeVocab: string };
};

/** A directory can't be used as a speech model. */
export class SpeechModelError extends Error {
  override readonly name = "SpeechModelError";
  /** What can be done about it. */
  readonly remedy: string;

  constructor(message: string, remedy = REMEDY) {
    super(message);
    this.remedy = remedy;
  }
}

const REMEDY =
  "set RINGDOWN_STT_LOCAL_MODEL_DIR to the unpacked directory of a model for sherpa-onnx: docs/transcription.md says which, and where from";
const WHOLE_FILES = "fetch the model again: a file of Git LFS that was not fetched is a line of text (git lfs pull)";

/**
 * The model in a directory; of those that understand many languages, for this one.
 * @throws SpeechModelError when there is none, or none that can be used.
 */
export async function speechModelIn(directory: string, language = ""): Promise<SpeechModel> {
  const names = await namesIn(directory);
  const tokens = names.find((name) => /(^|-)tokens\.txt$/.test(name));
  const candidates = modelFilesAmong(names).map((files) => inDirectory(directory, files));
  if (!tokens || candidates.length === 0) {
    const missing = tokens ? "no model of .onnx files" : "no tokens.txt";
    throw new SpeechModelError(`${directory} holds no speech model for sherpa-onnx: there is ${missing}`);
  }
  for (const files of candidates) {
    const kind = kindOf(files, await metadataOf("model" in files ? files.model : files.encoder), language);
    if (!kind) continue;
    const { canTakeHints, ...rest } = kind;
    const vocabulary = vocabularyOf(await readFile(join(directory, tokens), "utf8"));
    const hints = canTakeHints ? hintsOf(directory, names, vocabulary) : undefined;
    return { ...rest, tokens: join(directory, tokens), vocabulary, ...(hints && { hints }) };
  }
  throw new SpeechModelError(`${directory} holds a model, but of a kind that can't be used here`);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw new SpeechModelError(error instanceof Error ? error.message : String(error));
  }
}

async function metadataOf(path: string): Promise<ReadonlyMap<string, string>> {
  const metadata = await onnxMetadata(path).catch((error) => {
    throw new SpeechModelError(`${path} can't be read: ${error instanceof Error ? error.message : error}`);
  });
  if (!metadata) throw new SpeechModelError(`${path} is not a whole ONNX file`, WHOLE_FILES);
  return metadata;
}

function inDirectory(directory: string, files: ModelFiles): ModelFiles {
  if ("model" in files) return { model: join(directory, files.model) };
  const { encoder, decoder, joiner } = files;
  const parts = { encoder: join(directory, encoder), decoder: join(directory, decoder) };
  return { ...parts, ...(joiner && { joiner: join(directory, joiner) }) };
}

function hintsOf(directory: string, names: readonly string[], { isByCharacter }: Vocabulary): SpeechModel["hints"] {
  if (names.includes("bpe.vocab")) {
    return { modelingUnit: isByCharacter ? "cjkchar+bpe" : "bpe", bpeVocab: join(directory, "bpe.vocab") };
  }
  return isByCharacter ? { modelingUnit: "cjkchar", bpeVocab: "" } : undefined;
}
