import type { AudioFormat } from "../ports/media.ts";

const RATES_HZ = { wav: 8_000, wav16: 16_000 } as const;

/** One packet of nothing, 20 ms, as WAV: 16 bit, mono. */
export function silence(format: AudioFormat): Buffer {
  const rateHz = RATES_HZ[format];
  const samples = rateHz / 50;
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rateHz, 24);
  file.writeUInt32LE(rateHz * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  return file;
}
