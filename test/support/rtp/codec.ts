import { g722Decoder, g722Encoder } from "./g722.ts";

export type CodecName = "pcmu" | "pcma" | "g722";

/** Turns payloads into linear samples and back; made anew for each stream, as G.722 remembers. */
export type Codec = {
  readonly sampleRateHz: number;
  readonly decode: (payload: Uint8Array) => Int16Array;
  readonly encode: (pcm: Int16Array) => Uint8Array;
};

/** 8 kHz of G.711 make 160 bytes in 20 ms, and so do 16 kHz of G.722. */
export const FRAME_BYTES = 160;
export const FRAME_MS = 20;

/** A codec with no history yet. */
export const freshCodec = (name: CodecName): Codec => CODECS[name]();

const table = (decode: (code: number) => number): Int16Array =>
  Int16Array.from({ length: 256 }, (_, code) => decode(code));

const decodeUlaw = (code: number): number => {
  const inverted = ~code & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
};

const decodeAlaw = (code: number): number => {
  const toggled = code ^ 0x55;
  const exponent = (toggled & 0x70) >> 4;
  const mantissa = ((toggled & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
};

/** Encodes by the nearest entry of the decoding table: slow to build, plain to read, and right by construction. */
const inverse = (decoded: Int16Array): Uint8Array => {
  const ordered = Array.from(decoded, (value, code) => ({ value, code })).sort((a, b) => a.value - b.value);
  const codes = new Uint8Array(65_536);
  let nearest = 0;
  for (let sample = -32_768; sample < 32_768; sample++) {
    const distance = (index: number): number => Math.abs((ordered[index]?.value ?? Number.POSITIVE_INFINITY) - sample);
    while (distance(nearest + 1) <= distance(nearest)) nearest++;
    codes[sample + 32_768] = ordered[nearest]?.code ?? 0;
  }
  return codes;
};

const companding = (decodeOne: (code: number) => number): (() => Codec) => {
  const decoded = table(decodeOne);
  const encoded = inverse(decoded);
  const codec: Codec = {
    sampleRateHz: 8_000,
    decode: (payload) => Int16Array.from(payload, (code) => decoded[code] ?? 0),
    encode: (pcm) => Uint8Array.from(pcm, (sample) => encoded[sample + 32_768] ?? 0),
  };
  return () => codec;
};

const CODECS: Readonly<Record<CodecName, () => Codec>> = {
  pcmu: companding(decodeUlaw),
  pcma: companding(decodeAlaw),
  g722: () => ({ sampleRateHz: 16_000, decode: g722Decoder(), encode: g722Encoder() }),
};
