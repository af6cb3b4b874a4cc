/** Hosts to which calls stream their audio, and that answer it. */
import { eventually } from "../eventually.ts";
import { hear, silence, tone } from "../tones.ts";

export const FRAME_MS = 20;

export type PeerFormat = "ulaw" | "alaw" | "g722" | "slin" | "slin16";

/** Another end of a call's audio. */
export type MediaPeer = AsyncDisposable & {
  /** As an action names it. */
  readonly external_host: string;
  /** How often somebody connected; by RTP, how many streams came. */
  readonly connections: number;
  /** How many pieces of audio came. */
  readonly received: number;
  /** Waits for a tone from the call that began after what was asked for before. */
  heard(frequency: number): Promise<void>;
  /** The frequencies of all tones that came. */
  frequencies(): readonly number[];
  /** Says a tone to whoever connected last; resolves when all is sent. */
  say(frequency: number, durationMs?: number): Promise<void>;
};

export const rateOf = (format: PeerFormat): number => (format === "slin16" || format === "g722" ? 16_000 : 8_000);

/** Long enough to be told from chance by a machine that stalls. */
export const SAY_MS = 700;

/** What a peer has heard, whatever carried it. */
export const startEar = (sampleRateHz: number) => {
  const pieces: Int16Array[] = [];
  let fromPiece = 0;
  const since = (first: number): readonly number[] => {
    const all = pieces.slice(first);
    const pcm = new Int16Array(all.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const piece of all) {
      pcm.set(piece, at);
      at += piece.length;
    }
    return hear(pcm, undefined, sampleRateHz).map(({ frequency }) => frequency);
  };
  return {
    add: (pcm: Int16Array): void => void pieces.push(pcm),
    count: (): number => pieces.length,
    frequencies: (): readonly number[] => since(0),
    heard: async (frequency: number): Promise<void> => {
      await eventually(`a tone of ${frequency} Hz from the call`, () => {
        const heard = since(fromPiece);
        if (heard.includes(frequency)) return true;
        throw new Error(`heard ${heard.join(", ") || "none"} in ${pieces.length - fromPiece} pieces`);
      });
      fromPiece = pieces.length;
    },
  };
};

/** Samples of a tone and of the pause that tells it from the next. */
export const spoken = (frequency: number, durationMs: number, sampleRateHz: number): Int16Array =>
  Int16Array.from([...tone(frequency, durationMs, sampleRateHz), ...silence(100, sampleRateHz)]);

/** Sends frames at the pace of speech; catches up after a late timer. */
export const sendPaced = (frames: readonly Uint8Array[], send: (frame: Uint8Array) => void): Promise<void> => {
  const startedAt = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const ticking = setInterval(() => {
      while (sent < frames.length && (performance.now() - startedAt) / FRAME_MS >= sent) {
        const frame = frames[sent++];
        if (frame) send(frame);
      }
      if (sent < frames.length) return;
      clearInterval(ticking);
      resolve();
    }, FRAME_MS / 2);
  });
};

/** Pieces of 20 ms. */
export const framesOf = (pcm: Int16Array, sampleRateHz: number): readonly Int16Array[] => {
  const size = (sampleRateHz * FRAME_MS) / 1_000;
  return Array.from({ length: Math.floor(pcm.length / size) }, (_, index) =>
    pcm.slice(index * size, (index + 1) * size),
  );
};

export const bytesOf = (pcm: Int16Array): Buffer => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);

export const pcmOf = (bytes: Uint8Array): Int16Array =>
  Int16Array.from({ length: bytes.length >> 1 }, (_, index) => Buffer.from(bytes).readInt16LE(index * 2));
