import type { SpeechRequest, Voice } from "../../ports/speech.ts";

/** Two notes, where nobody can say it: whoever hears them knows that the line is not dead. */
const NOTES_HZ = [523, 659];
const NOTE_MS = 160;
const SAMPLES_PER_MS = 16;
const LOUDNESS = 4_000;

/** Gives what reminds a caller to wait, made before it is needed: who should say it may be the one who is waited for. */
export function createReminder(voice: Voice, request: SpeechRequest, signal: AbortSignal): () => Uint8Array {
  let sound: Uint8Array | undefined;
  let making: Promise<void> | undefined;

  async function make(): Promise<void> {
    const parts: Uint8Array[] = [];
    const speech = await voice.pronounce(request, signal);
    for await (const part of speech.sound) parts.push(part);
    sound = Buffer.concat(parts);
  }
  function begin(): void {
    making ??= make().finally(() => (making = undefined));
    making.catch(() => undefined);
  }

  begin();
  return () => {
    if (!sound) begin();
    return sound ?? NOTES;
  };
}

const NOTES: Uint8Array = new Uint8Array(Int16Array.from(NOTES_HZ.flatMap(note)).buffer);

/** One that swells and fades, so that it does not click. */
function note(frequencyHz: number): readonly number[] {
  const samples = NOTE_MS * SAMPLES_PER_MS;
  return Array.from({ length: samples }, (_, at) => {
    const swell = Math.sin((Math.PI * at) / samples);
    return Math.round(LOUDNESS * swell * Math.sin((2 * Math.PI * frequencyHz * at) / (SAMPLES_PER_MS * 1_000)));
  });
}
