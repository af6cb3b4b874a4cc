/**
 * Recognition by this machine alone, with Debian's pocketsphinx: English, good enough only for a few plain words, best those
 * that are given as hints. What was heard with its own vocabulary decides whether it was one of the hints.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import { z } from "zod";
import type { RunTool } from "../run-tool.ts";
import { ToolError } from "../run-tool.ts";
import { type RecognitionProvider, RecognitionProviderError } from "./provider.ts";
import { bySegments, type Segment } from "./segments.ts";

/** The rate that its model was made for. */
const WIDEBAND_HZ = 16_000;
const DEADLINE_MS = 20_000;
/** A hint that differs more from what was heard was not said. */
const LIKENESS = 0.5;
const MAX_HINTS = 100;

const recognitionSchema = z.object({ t: z.string(), p: z.number() });

export function pocketsphinx(runTool: RunTool, pauseMs: number, deadlineMs = DEADLINE_MS): RecognitionProvider {
  return bySegments(async ({ pcm }: Segment, { sampleRateHz, language, hints }, signal) => {
    if (!/^en\b/i.test(language)) {
      throw new RecognitionProviderError("refused", `pocketsphinx knows English only, not ${language}`, REMEDY);
    }
    const input = sampleRateHz === WIDEBAND_HZ ? pcm : doubled(pcm);
    const sentences = hints
      .map(plain)
      .filter((hint) => hint !== "")
      .slice(0, MAX_HINTS);
    const hear = async (parameters: readonly string[]) => {
      const all = ["-loglevel", "FATAL", ...parameters, "single", "-"];
      const stdout = await runTool({ tool: "pocketsphinx", parameters: all, input, deadlineMs }, signal);
      return recognitionSchema.parse(JSON.parse(stdout));
    };
    try {
      const [free, hinted] = await Promise.all([
        hear([]),
        sentences.length > 0 ? withGrammar(sentences, hear) : undefined,
      ]);
      const isHint = hinted && distance(free.t, hinted.t) <= LIKENESS * Math.max(free.t.length, hinted.t.length);
      const { t, p } = isHint ? hinted : free;
      return { text: t.trim(), confidence: Math.min(Math.max(p, 0), 1) };
    } catch (error) {
      throw signal.aborted ? signal.reason : failureOf(error);
    }
  }, pauseMs);
}

async function withGrammar<Result>(
  sentences: readonly string[],
  hear: (parameters: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "ringdown-hints-"));
  try {
    const path = join(directory, "hints.jsgf");
    await writeFile(path, `#JSGF V1.0;\ngrammar hints;\npublic <hint> = ${sentences.join(" | ")};\n`);
    return await hear(["-jsgf", path]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** At twice the rate, each sample twice: what that adds above a telephone's band is near to what a voice has there. */
function doubled(pcm: Buffer): Buffer {
  const output = Buffer.alloc(pcm.length * 2);
  for (let at = 0; at + 1 < pcm.length; at += 2) {
    const sample = pcm.readInt16LE(at);
    output.writeInt16LE(sample, at * 2);
    output.writeInt16LE(sample, at * 2 + 2);
  }
  return output;
}

/** As the dictionary writes them: lower case, no punctuation. */
const plain = (sentence: string): string =>
  sentence
    .toLowerCase()
    .replaceAll(/[^a-z' ]/g, " ")
    .trim();

const REMEDY = "set RINGDOWN_STT_LOCAL_URL for a better recognizer: docs/transcription.md";

function failureOf(error: unknown): RecognitionProviderError {
  if (!(error instanceof ToolError)) {
    return new RecognitionProviderError("failed", `pocketsphinx said what we do not understand: ${String(error)}`);
  }
  const fault = { missing: "unavailable", timeout: "timeout", failed: "refused" } as const;
  const remedies = { missing: error.message, timeout: REMEDY, failed: "give hints in common English words" } as const;
  return new RecognitionProviderError(fault[error.fault], error.message, remedies[error.fault], { cause: error });
}
