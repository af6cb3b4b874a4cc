import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Sound } from "./rtp/listener.ts";
import { samplesOf, wav } from "./tones.ts";

/** What speech recognition is sure of at 16 kHz and by a grammar only; never ask it at 8 kHz. */
const WIDEBAND_HZ = 16_000;
const recognitionSchema = z.object({ t: z.string() });
const run = promisify(execFile);

/** Which of the sentences was spoken; empty when none of them. */
export const wordsIn = async (sound: Sound, sentences: readonly string[]): Promise<string> => {
  if (sound.sampleRateHz !== WIDEBAND_HZ) throw new Error("words need wideband: dial with g722");
  const directory = await mkdtemp(join(tmpdir(), "words-"));
  try {
    const grammar = join(directory, "sentences.jsgf");
    const recording = join(directory, "heard.wav");
    await writeFile(
      grammar,
      `#JSGF V1.0;\ngrammar sentences;\npublic <sentence> = ${sentences.map(plain).join(" | ")};\n`,
    );
    await writeFile(recording, wav([sound.pcm], WIDEBAND_HZ));
    const { stdout } = await run("pocketsphinx", ["-loglevel", "FATAL", "-jsgf", grammar, "single", recording]);
    return recognitionSchema.parse(JSON.parse(stdout)).t;
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** What a voice of this machine says, the one that is understood best. */
export const spoken = async (text: string, sampleRateHz = WIDEBAND_HZ): Promise<Int16Array> => {
  const directory = await mkdtemp(join(tmpdir(), "words-"));
  try {
    const [said, resampled] = [join(directory, "said.wav"), join(directory, "resampled.wav")];
    await run("flite", ["-voice", "rms", "-t", text, "-o", said]);
    await run("sox", ["-D", said, "-r", String(sampleRateHz), "-b", "16", "-c", "1", resampled]);
    return samplesOf(await readFile(resampled));
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** As the dictionary writes them: lower case, no punctuation. */
const plain = (sentence: string): string => sentence.toLowerCase().replaceAll(/[^a-z' ]/g, "");
