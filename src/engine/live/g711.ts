/** G.711: eight bits a sample, by which telephones carry 16-bit audio. */

export type G711 = "ulaw" | "alaw";

const BYTES_A_SAMPLE = 2;

/** 16-bit little-endian samples from G.711. */
export function decodeG711(law: G711, coded: Uint8Array): Uint8Array {
  const samples = new DataView(new ArrayBuffer(coded.length * BYTES_A_SAMPLE));
  const table = TABLES[law];
  for (const [index, byte] of coded.entries()) samples.setInt16(index * BYTES_A_SAMPLE, table[byte] ?? 0, true);
  return new Uint8Array(samples.buffer);
}

/** G.711 of whole 16-bit little-endian samples. */
export function encodeG711(law: G711, pcm: Uint8Array): Uint8Array {
  const samples = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const encode = law === "ulaw" ? encodeUlaw : encodeAlaw;
  return Uint8Array.from({ length: pcm.length >> 1 }, (_, index) =>
    encode(samples.getInt16(index * BYTES_A_SAMPLE, true)),
  );
}

/** The largest sample that μ-law can tell, and what it adds to each, so that its steps begin at powers of two. */
const ULAW_LARGEST = 32_635;
const ULAW_BIAS = 0x84;

function encodeUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_LARGEST) + ULAW_BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function decodeUlaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + ULAW_BIAS) << ((bits >> 4) & 7);
  return bits & 0x80 ? ULAW_BIAS - magnitude : magnitude - ULAW_BIAS;
}

/** Every second bit is turned over, for lines that need changes. */
const ALAW_TURNED = 0x55;

function encodeAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const exponent = Math.max(0, 28 - Math.clz32(magnitude));
  const mantissa = magnitude >> Math.max(0, exponent - 1);
  return (sign | (exponent << 4) | (mantissa & 0x0f)) ^ ALAW_TURNED;
}

function decodeAlaw(byte: number): number {
  const bits = byte ^ ALAW_TURNED;
  const exponent = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

const tableOf = (decode: (byte: number) => number) => Int16Array.from({ length: 256 }, (_, byte) => decode(byte));
const TABLES = { ulaw: tableOf(decodeUlaw), alaw: tableOf(decodeAlaw) };
