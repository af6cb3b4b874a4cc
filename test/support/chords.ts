/** Tones of several who speak at once. */
import type { Call } from "./call.ts";
import { eventually } from "./eventually.ts";
import { power, TONE_AMPLITUDE, tone } from "./tones.ts";

/** Who speaks at once, each with a tone of its own. Multiples of 10 Hz do not blur into each other in such a window. */
export type Choir = { readonly frequencies: readonly number[]; readonly amplitude: number };

const WINDOW_MS = 100;
/** A tone that is there is as loud as it was spoken; one that is not leaves what the codec's rounding makes of others. */
const HEARD_SHARE = 0.3;
const SAY_MS = 60_000;
const PER_MS = 8;

/** Choirs of a few may speak as loud as prompts do. */
export const choirOf = (...frequencies: readonly number[]): Choir => ({ frequencies, amplitude: TONE_AMPLITUDE });

/** So many that together they are no louder than a codec can carry. */
export const choirOfMany = (count: number): Choir => ({
  frequencies: Array.from({ length: count }, (_, index) => 300 + 100 * index),
  amplitude: Math.floor(30_000 / count),
});

/** The tones of a choir that sound in these samples. */
export const chordOf = (pcm: Int16Array, { frequencies, amplitude }: Choir): readonly number[] =>
  frequencies.filter(
    (frequency) => Math.sqrt((2 * power(pcm, frequency, PER_MS * 1_000)) / pcm.length) > HEARD_SHARE * amplitude,
  );

/** Speaks one tone of the choir, for as long as the call lasts. */
export function sing(call: Call, { amplitude }: Choir, frequency: number): void {
  void call.say(tone(frequency, SAY_MS, PER_MS * 1_000, amplitude));
}

/** Where the sound of a call is now, for `chordsSince`. */
export const placeIn = (call: Call): number => call.sound().pcm.length;

/** What sounded since then: a chord each 100 ms. */
export function chordsSince(call: Call, choir: Choir, place: number): readonly (readonly number[])[] {
  const { pcm } = call.sound();
  const size = WINDOW_MS * PER_MS;
  const count = Math.max(0, Math.floor((pcm.length - place) / size));
  return Array.from({ length: count }, (_, index) =>
    chordOf(pcm.subarray(place + index * size, place + (index + 1) * size), choir),
  );
}

/** Waits until a call hears these tones of the choir, and no other of them, for a while. */
export const hears = (call: Call, choir: Choir, frequencies: readonly number[], forMs = 300): Promise<boolean> =>
  eventually(`${frequencies.join(", ")} Hz, and nobody else`, () => {
    const chords = chordsSince(call, choir, placeIn(call) - forMs * PER_MS);
    const wanted = frequencies.toSorted(ascending).join();
    const heard = chords.map((chord) => chord.toSorted(ascending).join());
    if (heard.length > 0 && heard.every((chord) => chord === wanted)) return true;
    throw new Error(`heard ${heard.map((chord) => chord || "nobody").join(" | ")}`);
  });

const ascending = (one: number, other: number): number => one - other;

/** Waits until a call hears something that is none of the tones: music. */
export const hearsMusic = (call: Call, forMs = 1_000): Promise<boolean> =>
  eventually("music", () => {
    const blocks = call.blocks().slice(-forMs / 20);
    const other = blocks.filter(({ heard }) => heard === "other").length;
    if (other > blocks.length * 0.6) return true;
    throw new Error(`heard ${blocks.map(({ heard }) => heard).join(" ")}`);
  });
