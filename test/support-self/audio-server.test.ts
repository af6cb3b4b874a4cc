import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type AudioServer,
  endless,
  file,
  notFound,
  redirect,
  startAudioServer,
  webPage,
} from "../support/audio-server.ts";
import { hear, samplesOf, toneWav } from "../support/tones.ts";

let audio: AudioServer;
beforeAll(async () => {
  audio = await startAudioServer();
});
afterAll(() => audio.close());

test("serves a tone and counts who asks", async () => {
  const url = audio.tone(620);
  const served = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(hear(samplesOf(served))).toMatchObject([{ frequency: 620, durationMs: 600 }]);
  expect(audio.requests(url)).toBe(1);
});

test.each([
  ["not found", notFound, 404],
  ["a web page", webPage, 200],
  ["a file", file(toneWav(440)), 200],
] as const)("serves %s", async (_what, answer, status) => {
  expect((await fetch(audio.serve("/answer", answer))).status).toBe(status);
});

test("sends elsewhere", async () => {
  const response = await fetch(audio.serve("/moved", redirect(audio.tone(440))));
  expect(response.url).toBe(audio.tone(440));
});

test("an endless body goes on until the reader leaves", async () => {
  const request = get(audio.serve("/endless", endless));
  const [response]: IncomingMessage[] = await once(request, "response");
  let bytes = 0;
  for await (const chunk of response ?? []) {
    bytes += chunk.length;
    if (bytes > 10_000_000) break;
  }
  expect(bytes).toBeGreaterThan(10_000_000);
});
