import { wavOf } from "../model/wav.ts";

/** As Asterisk names them: `sln24` is 24 kHz, which no phone has, without a header. */
export type SilenceFormat = keyof typeof RATES_HZ;

const RATES_HZ = { wav: 8_000, wav16: 16_000, sln24: 24_000 };
const PACKETS_PER_SECOND = 50;

export const isSilenceFormat = (format: string): format is SilenceFormat => Object.hasOwn(RATES_HZ, format);

/** One packet of nothing, 20 ms: 16 bit, mono. */
export function silence(format: SilenceFormat): Uint8Array {
  const rateHz = RATES_HZ[format];
  const samples = new Uint8Array((rateHz / PACKETS_PER_SECOND) * Int16Array.BYTES_PER_ELEMENT);
  return format === "sln24" ? samples : wavOf(samples, rateHz);
}
