import { type MediaFormat, sampleRateOf } from "../../model/external-media.ts";
import { decodeG711, encodeG711 } from "./g711.ts";

export const FRAME_MS = 20;
const BYTES_A_SAMPLE = 2;

/** Turns 16-bit audio of any length into frames of 20 ms in this format; what does not fill one waits for more. */
export function framesOf(format: MediaFormat): (pcm: Uint8Array) => readonly Uint8Array[] {
  const frameBytes = (sampleRateOf(format) * FRAME_MS * BYTES_A_SAMPLE) / 1_000;
  const whole = wholePieces(frameBytes);
  return (pcm) => {
    const all = whole(pcm);
    const frames = Array.from({ length: all.length / frameBytes }, (_, index) =>
      all.subarray(index * frameBytes, (index + 1) * frameBytes),
    );
    return format === "ulaw" || format === "alaw" ? frames.map((frame) => encodeG711(format, frame)) : frames;
  };
}

/** Turns audio in this format, of any length, into 16-bit audio; half a sample waits for the other half. */
export function samplesFrom(format: MediaFormat): (coded: Uint8Array) => Uint8Array {
  if (format === "ulaw" || format === "alaw") return (coded) => decodeG711(format, coded);
  return wholePieces(BYTES_A_SAMPLE);
}

function wholePieces(size: number): (bytes: Uint8Array) => Uint8Array {
  let rest: Uint8Array = new Uint8Array();
  return (bytes) => {
    const all = Buffer.concat([rest, bytes]);
    const whole = all.length - (all.length % size);
    rest = all.subarray(whole);
    return all.subarray(0, whole);
  };
}
