/** Tones prove which prompt was heard, and in which order: one frequency a prompt. */
import { wavOf } from "../../src/model/wav.ts";

export type Tone = { readonly frequency: number; readonly startMs: number; readonly durationMs: number };

/** What a short block of sound is: a tone that we know, something else, or nothing. */
export type Block = {
  readonly atMs: number;
  readonly durationMs: number;
  readonly heard: number | "other" | "silence";
};

/** Far enough apart for a block of 20 ms to tell, and no harmonics of each other. */
export const FREQUENCIES: readonly number[] = [440, 620, 850, 1100, 1400, 1700, 2050, 2450];

const BLOCK_MS = 20;
/** A tone must hold most of the energy: speech never does for long. */
const TONE_SHARE = 0.6;
/** Shorter than any prompt of a test, longer than speech stays on one pitch. */
const SHORTEST_TONE_MS = 80;
/** A lost packet may leave a block or two of something else; a pause between prompts is longer. */
const LONGEST_HOLE_MS = 45;
/** Below this root mean square nobody would hear it. */
const SILENCE_RMS = 60;
export const TONE_AMPLITUDE = 10_000;
/** Well below a tone of ours that is mixed with another, above what music has at one frequency. */
const CLEAR_AMPLITUDE = 2_500;
/** How long a prompt sounds unless a test asks for another length. */
export const PROMPT_MS = 600;

/** The tones in samples, in order. */
export const hear = (
  pcm: Int16Array,
  frequencies: readonly number[] = FREQUENCIES,
  sampleRateHz = 8_000,
): readonly Tone[] => {
  const size = (sampleRateHz * BLOCK_MS) / 1_000;
  const blocks = Array.from({ length: Math.floor(pcm.length / size) }, (_, index) =>
    classify(
      { atMs: index * BLOCK_MS, pcm: pcm.subarray(index * size, (index + 1) * size) },
      frequencies,
      sampleRateHz,
    ),
  );
  return tonesIn(blocks);
};

/** Says what one block is, by Goertzel's algorithm for each frequency. */
export const classify = (
  piece: { atMs: number; pcm: Int16Array },
  frequencies: readonly number[] = FREQUENCIES,
  sampleRateHz = 8_000,
): Block => {
  const { atMs, pcm } = piece;
  const energy = pcm.reduce((total, sample) => total + sample * sample, 0);
  const block = { atMs, durationMs: (pcm.length / sampleRateHz) * 1_000 };
  if (Math.sqrt(energy / pcm.length) < SILENCE_RMS) return { ...block, heard: "silence" };
  const tone = frequencies.find((frequency) => power(pcm, frequency, sampleRateHz) > TONE_SHARE * energy);
  return { ...block, heard: tone ?? "other" };
};

/**
 * Joins blocks of one frequency into tones. Only what was heard between two blocks parts them: a starved machine sends
 * nothing for a while and then goes on, and that is still one prompt.
 */
export const tonesIn = (blocks: readonly Block[]): readonly Tone[] => {
  const tones: Tone[] = [];
  let betweenMs = 0;
  for (const { heard, atMs, durationMs } of blocks) {
    if (typeof heard !== "number") {
      betweenMs += durationMs;
      continue;
    }
    const last = tones.at(-1);
    const continues = last?.frequency === heard && betweenMs < LONGEST_HOLE_MS;
    if (last && continues) tones[tones.length - 1] = { ...last, durationMs: atMs + durationMs - last.startMs };
    if (!continues) tones.push({ frequency: heard, startMs: atMs, durationMs });
    betweenMs = 0;
  }
  return tones.filter((tone) => tone.durationMs >= SHORTEST_TONE_MS);
};

/** The frequencies that sound clearly in samples, several at once if need be; the longer, the sharper it hears. */
export const soundingIn = (
  pcm: Int16Array,
  frequencies: readonly number[] = FREQUENCIES,
  sampleRateHz = 8_000,
): readonly number[] =>
  frequencies.filter(
    (frequency) => Math.sqrt((2 * power(pcm, frequency, sampleRateHz)) / pcm.length) > CLEAR_AMPLITUDE,
  );

/** Samples of a tone. */
export const tone = (
  frequency: number,
  durationMs: number,
  sampleRateHz = 8_000,
  amplitude = TONE_AMPLITUDE,
): Int16Array =>
  Int16Array.from({ length: (sampleRateHz * durationMs) / 1_000 }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequency * index) / sampleRateHz)),
  );

/** Samples of silence. */
export const silence = (durationMs: number, sampleRateHz = 8_000): Int16Array =>
  new Int16Array((sampleRateHz * durationMs) / 1_000);

/** A WAV file of a tone and the pause that tells it from the next one like it. */
export const toneWav = (frequency: number, durationMs = PROMPT_MS): Buffer =>
  wav([tone(frequency, durationMs), silence(100)]);

/** A mono 16-bit WAV file. */
export const wav = (parts: readonly Int16Array[], sampleRateHz = 8_000): Buffer => {
  const data = Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
  return wavOf(data, sampleRateHz);
};

/** The samples of a WAV file such as `wav` or a recorder makes. */
export const samplesOf = (file: Buffer): Int16Array => {
  const start = file.indexOf("data") + 8;
  return Int16Array.from({ length: (file.length - start) >> 1 }, (_, index) => file.readInt16LE(start + 2 * index));
};

/** How much of the energy of samples is of one frequency, by Goertzel's algorithm. */
export const power = (pcm: Int16Array, frequency: number, sampleRateHz: number): number => {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / sampleRateHz);
  let [previous, beforeThat] = [0, 0];
  for (const sample of pcm) [previous, beforeThat] = [sample + coefficient * previous - beforeThat, previous];
  const squared = previous ** 2 + beforeThat ** 2 - coefficient * previous * beforeThat;
  return (2 * squared) / pcm.length;
};
