import { afterAll, describe, expect, test } from "vitest";
import { gcp } from "../../src/providers/recognition/gcp.ts";
import { providerHealth } from "../../src/providers/recognition/health.ts";
import { createOutput } from "../../src/providers/recognition/output.ts";
import { recognizer } from "../../src/providers/recognition/recognizer.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { nextAddress } from "../support/loopback.ts";
import { silence, tone } from "../support/tones.ts";
import { startGcpRecognitionServer } from "./gcp-recognition-server.ts";
import { never } from "./media-parts.ts";
import { recognitionSuite } from "./recognition-suite.ts";

const server = await startGcpRecognitionServer(nextAddress());
const provider = gcp({ endpoint: server.endpoint });
afterAll(() => server.close());

recognitionSuite({
  provider,
  faults: {
    refusal: "refused",
    quota: "quota",
    credentials: "credentials",
    death: "unavailable",
    cut: "unavailable",
  },
  begin: server.begin,
});

const frames = (...parts: readonly Int16Array[]): AsyncIterable<Uint8Array> => {
  const audio = createOutput<Uint8Array>();
  for (const part of parts) audio.add(new Uint8Array(part.buffer));
  audio.end();
  return audio;
};

describe("Google is asked", () => {
  test.each([
    ["en-GB", "en-GB"],
    ["en", "en-US"],
    ["ko", "ko-KR"],
    ["zh-CN", "cmn-Hans-CN"],
  ])("for %s as %s, with the hints", async (language, languageCode) => {
    const order = { audio: frames(tone(440, 200)), sampleRateHz: 8_000, language, hints: ["Ringdown"] } as const;
    for await (const _ of provider.recognize(order, never));
    expect(server.configs.at(-1)).toMatchObject({ languageCode, speechContexts: [{ phrases: ["Ringdown"] }] });
  });

  test("for no language that it does not know", async () => {
    const order = { audio: frames(tone(440, 200)), sampleRateHz: 8_000, language: "xx-XX", hints: [] } as const;
    const asked = (async () => {
      for await (const _ of provider.recognize(order, never));
    })();
    await expect(asked).rejects.toMatchObject({ fault: "refused" });
  });
});

test("its limit to a stream is not noticed: another stream goes on where it broke off", async () => {
  server.limitStreams(12_000);
  const before = server.configs.length;
  const words = Array.from({ length: 40 }, (_, index) => [440, 620, 850, 1_100][index % 4] ?? 0);
  const audio = frames(...words.flatMap((one) => [tone(one, 300, 16_000), silence(700, 16_000)]));
  const chain = recognizer({ providers: [provider], order: ["gcp"], clock, health: providerHealth(clock) });
  const troubles: unknown[] = [];
  const heard: string[] = [];
  const request = { audio, sampleRateHz: 16_000, language: "en-US" } as const;
  for await (const { text, isFinal } of chain.listen({ ...request, onTrouble: (one) => troubles.push(one) }, never)) {
    if (isFinal) heard.push(text);
  }
  server.limitStreams(Number.POSITIVE_INFINITY);
  expect(heard).toEqual(words.map((one) => `tone ${one}`));
  expect(troubles).toEqual([]);
  expect(server.configs.length - before).toBeGreaterThan(2);
});
