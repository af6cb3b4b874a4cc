import { expect, test } from "vitest";
import type { CarriedMedia } from "../../../src/engine/live/carrier.ts";
import type { Host } from "../../../src/engine/live/host.ts";
import { relayCarrier } from "../../../src/engine/live/relay-carrier.ts";
import { sampleCall } from "../../contract/storage-samples.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeLiveAudio } from "../fake-live-audio.ts";

/** A host that says so many frames, and whose time passes when the test says so. */
async function relayed(direction: "both" | "send", frames: number) {
  const troubles: string[] = [];
  const ending = new AbortController();
  const passing = Promise.withResolvers<void>();
  const media = { id: "a.1", carrier: "websocket", host: "ws://h/", format: "slin", direction, uuid: null } as const;
  const host: Host = {
    audio: {
      async *[Symbol.asyncIterator]() {
        for (let frame = 0; frame < frames; frame++) yield new Uint8Array(320);
      },
    },
    send: () => true,
    onClear() {},
    signal: ending.signal,
    [Symbol.asyncDispose]: async () => ending.abort(),
  };
  const liveAudio = fakeLiveAudio();
  const slept: number[] = [];
  const clock = {
    now: () => 1_000,
    sleepUntil: async (untilMs: number, signal: AbortSignal) => {
      slept.push(untilMs);
      await passing.promise;
      signal.throwIfAborted();
    },
  };
  const carried: CarriedMedia = {
    ...{ call: sampleCall(), media, signal: new AbortController().signal, onEnd() {} },
    onTrouble: (message) => troubles.push(message),
  };
  const open = await relayCarrier(async () => host, liveAudio, clock).open(carried);
  await eventually("what it says", () => liveAudio.streams[0]?.sent.length === (direction === "both" ? frames : 0));
  passing.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  await open[Symbol.asyncDispose]();
  return { troubles, slept };
}

test("a host that should speak, and says nothing for ten seconds, is told of", async () => {
  const { troubles, slept } = await relayed("both", 0);
  expect(slept).toContain(11_000);
  expect(troubles).toEqual(["it has sent no audio in 10 seconds"]);
});

test.each([
  ["both", 3],
  ["send", 0],
] as const)("one that speaks, or need not (%s), is not", async (direction, frames) => {
  expect((await relayed(direction, frames)).troubles).toEqual([]);
});

test("where the host is there no more after a crash, nothing stays of the stream that a dead process left", async () => {
  const asked: string[] = [];
  const media = {
    id: "a.1",
    carrier: "websocket",
    host: "ws://h/",
    format: "slin",
    direction: "both",
    uuid: null,
  } as const;
  const carried = { call: sampleCall(), media, signal: new AbortController().signal, onEnd() {}, onTrouble() {} };
  const gone = () => Promise.reject(new Error("refused"));
  const clock = { now: () => 0, sleepUntil: async () => {} };
  await expect(relayCarrier(gone, fakeLiveAudio(asked), clock).open(carried)).rejects.toThrow("could not reach");
  expect(asked).toEqual(["close a.1"]);
});
