import { wavOf } from "../model/wav.ts";
import type { AudioFormat } from "../ports/media.ts";

const RATES_HZ = { wav: 8_000, wav16: 16_000 } as const;
const PACKETS_PER_SECOND = 50;

/** One packet of nothing, 20 ms, as WAV: 16 bit, mono. */
export function silence(format: AudioFormat): Buffer {
  const rateHz = RATES_HZ[format];
  return wavOf(new Uint8Array((rateHz / PACKETS_PER_SECOND) * Int16Array.BYTES_PER_ELEMENT), rateHz);
}
