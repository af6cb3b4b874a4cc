/** Audio that can be understood without a doubt: words are numbers, each a sound of its own loudness. */
import type { RecognitionOrder, RecognitionProvider, Recognized } from "../../../src/providers/recognition/provider.ts";

export const RATE_HZ = 8_000 as const;
export const FRAME_MS = 20;
const SAMPLES = (RATE_HZ * FRAME_MS) / 1_000;
const LOUDNESS = 1_000;
/** Frames of a word, and of the pause that follows it. */
const WORD_FRAMES = 10;
const PAUSE_FRAMES = 5;

const frame = (level: number): Uint8Array => new Uint8Array(new Int16Array(SAMPLES).fill(level).buffer);
export const silence = (ms: number): readonly Uint8Array[] => Array.from({ length: ms / FRAME_MS }, () => frame(0));
export const word = (number: number): readonly Uint8Array[] => [
  ...Array.from({ length: WORD_FRAMES }, () => frame(number * LOUDNESS)),
  ...silence(PAUSE_FRAMES * FRAME_MS),
];
export const WORD_MS = (WORD_FRAMES + PAUSE_FRAMES) * FRAME_MS;

const levelOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getInt16(0, true);

/** Understands words of ours: for the time being in the midst of them, for good after them. */
export async function* understood(
  { audio }: Pick<RecognitionOrder, "audio">,
  onFrame: (ms: number) => void = () => {},
): AsyncIterable<Recognized> {
  let ms = 0;
  let heard = { level: 0, frames: 0 };
  for await (const bytes of audio) {
    ms += FRAME_MS;
    onFrame(ms);
    const level = levelOf(bytes);
    if (level !== heard.level && heard.frames >= WORD_FRAMES / 2 && heard.level !== 0) {
      yield { text: String(heard.level / LOUDNESS), isFinal: true, endMs: ms - FRAME_MS };
    }
    heard = level === heard.level ? { level, frames: heard.frames + 1 } : { level, frames: 1 };
    if (level !== 0 && heard.frames === WORD_FRAMES / 2) {
      yield { text: `${level / LOUDNESS}?`, isFinal: false, endMs: ms };
    }
  }
  if (heard.level !== 0) yield { text: String(heard.level / LOUDNESS), isFinal: true, endMs: ms };
}

/** A provider that does what the test says; its sessions are counted. */
export function scripted(
  name: string,
  recognize: (order: RecognitionOrder, session: number) => AsyncIterable<Recognized>,
  more: Partial<RecognitionProvider> = {},
): RecognitionProvider & { readonly sessions: number } {
  let sessions = 0;
  return {
    name,
    isPrompt: true,
    longestMs: Number.POSITIVE_INFINITY,
    ...more,
    recognize(order) {
      sessions += 1;
      return recognize(order, sessions);
    },
    get sessions() {
      return sessions;
    },
  };
}
