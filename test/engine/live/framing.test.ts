import { describe, expect, test } from "vitest";
import { framesOf, samplesFrom } from "../../../src/engine/live/framing.ts";
import { decodeG711, encodeG711 } from "../../../src/engine/live/g711.ts";
import { freshCodec } from "../../support/rtp/codec.ts";

const samples = (...values: readonly number[]): Uint8Array => new Uint8Array(Int16Array.from(values).buffer);
const every = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

describe.each([
  ["ulaw", "pcmu"],
  ["alaw", "pcma"],
] as const)("%s", (law, name) => {
  const codec = freshCodec(name);
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);

  test("is decoded as everybody does", () => {
    expect(decodeG711(law, codes)).toEqual(new Uint8Array(codec.decode(codes).buffer));
  });

  test("is encoded as near as it can be, for every sample", () => {
    const decode = (coded: Uint8Array) => codec.decode(coded);
    const ours = decode(encodeG711(law, new Uint8Array(every.buffer)));
    const best = decode(codec.encode(every));
    const distance = (values: Int16Array, index: number) => Math.abs((values[index] ?? 0) - (every[index] ?? 0));
    const step = (index: number) => Math.max(16, Math.abs(every[index] ?? 0) / 16);
    expect(every.findIndex((_, index) => distance(ours, index) > distance(best, index) + step(index))).toBe(-1);
  });

  test("stays what it is, there and back", () => {
    const silent = law === "ulaw" ? 0x7f : -1;
    const back = encodeG711(law, decodeG711(law, codes));
    // The two zeros of μ-law are one.
    expect([...back].flatMap((code, index) => (code === index || index === silent ? [] : [index]))).toEqual([]);
  });
});

test("audio of any length becomes frames of 20 ms; what is left waits", () => {
  const slin = framesOf("slin");
  expect(slin(new Uint8Array(100))).toEqual([]);
  expect(slin(new Uint8Array(600)).map(({ length }) => length)).toEqual([320, 320]);
  expect(slin(new Uint8Array(259))).toEqual([]);
  expect(slin(new Uint8Array(1)).map(({ length }) => length)).toEqual([320]);
  expect(framesOf("slin16")(new Uint8Array(1_280)).map(({ length }) => length)).toEqual([640, 640]);
  expect(framesOf("ulaw")(new Uint8Array(640)).map(({ length }) => length)).toEqual([160, 160]);
});

test("half a sample waits for the other half", () => {
  const slin = samplesFrom("slin");
  const [low = 0, high = 0] = samples(1_234);
  expect(slin(Uint8Array.of(low))).toHaveLength(0);
  expect(new Uint8Array(slin(Uint8Array.of(high, low)))).toEqual(samples(1_234));
  expect(new Uint8Array(slin(Uint8Array.of(high)))).toEqual(samples(1_234));
  expect(samplesFrom("alaw")(new Uint8Array(3))).toHaveLength(6);
});
