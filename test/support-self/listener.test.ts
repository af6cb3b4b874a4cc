import { expect, test } from "vitest";
import { freshCodec } from "../support/rtp/codec.ts";
import { soundOf, startListener } from "../support/rtp/listener.ts";
import { formatEvent } from "../support/rtp/packet.ts";
import { hear, tone } from "../support/tones.ts";

type Arrival = { arrivesMs: number; sentMs: number; source?: number };

/** Packets of one long tone: when each was sent by the sender's clock, and when it came. */
const placesOf = (arrivals: readonly Arrival[]) => {
  const codec = freshCodec("pcmu");
  let now = 0;
  const listener = startListener({ codecs: new Map([[0, codec]]), eventPayloadType: 101, nowMs: () => now });
  const packet = { payloadType: 0, marker: false, sequence: 0, payload: codec.encode(tone(440, 20)) };
  for (const { arrivesMs, sentMs, source = 1 } of arrivals) {
    now = arrivesMs;
    listener.receive({ ...packet, timestamp: sentMs * 8, source });
  }
  return { places: listener.pieces.map(({ atMs }) => atMs), sound: soundOf(listener.pieces) };
};
const steady = (count: number, lateMs = 0): Arrival[] =>
  Array.from({ length: count }, (_, index) => ({ sentMs: index * 20, arrivesMs: index * 20 + lateMs }));

test("packets that come in a bunch, late, are one unbroken sound", () => {
  const bunch = steady(30).map((arrival, index) => (index < 15 ? arrival : { ...arrival, arrivesMs: 500 }));
  expect(hear(placesOf(bunch).sound.pcm)).toMatchObject([{ frequency: 440, durationMs: 600 }]);
});

test("a pause that the sender's clock shows is a pause", () => {
  const { places } = placesOf([...steady(2), { sentMs: 1_000, arrivesMs: 1_003 }]);
  expect(places).toEqual([0, 20, 1_000]);
});

test("a pause that the sender's clock hides is a pause when it is long", () => {
  const { places } = placesOf([...steady(2), { sentMs: 40, arrivesMs: 1_000 }]);
  expect(places).toEqual([0, 20, 1_000]);
});

test("a new sender goes on where its packets come", () => {
  const { places } = placesOf([...steady(2), { sentMs: 9_000, arrivesMs: 130, source: 2 }]);
  expect(places).toEqual([0, 20, 130]);
});

test("a digit is one digit, however often it is sent", () => {
  const listener = startListener({ codecs: new Map(), eventPayloadType: 101, nowMs: () => 0 });
  const packet = { payloadType: 101, marker: false, sequence: 0, source: 1 };
  for (const [code, timestamp] of [
    [5, 0],
    [5, 0],
    [5, 800],
    [11, 1_600],
  ] as const) {
    listener.receive({ ...packet, timestamp, payload: formatEvent({ code, ended: false, duration: 160 }) });
  }
  expect(listener.digits()).toBe("55#");
});
