/** The whole way from words to a file, with both clouds and this machine, as a server has it. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Audio, openAudio } from "../../src/providers/open-audio.ts";
import { systemClock } from "../../src/providers/system/clock.ts";
import { nextAddress } from "../support/loopback.ts";
import { startGcpServer } from "./gcp-server.ts";
import { never, temporaryFolder } from "./media-parts.ts";
import { startPollyServer } from "./polly-server.ts";
import type { SpeechTrouble } from "./speech-suite.ts";

const ACCESS_KEY_ID = "AKIDEXAMPLE";
vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "eu-central-1");
const google = await startGcpServer(nextAddress());
const amazon = await startPollyServer(nextAddress(), ACCESS_KEY_ID);
afterAll(() => {
  google.close();
  amazon.close();
});

/** Ample for who answers at all, short enough to wait for. */
const DEADLINE_MS = 2_500;
const SILENCE_MS = 15_000;
const changes: unknown[] = [];
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let audio: Audio;
beforeEach(async () => {
  changes.length = 0;
  folder = await temporaryFolder();
  audio = await openAudio({
    directory: folder.path,
    speechProviders: ["gcp", "aws", "local"],
    clouds: { gcp: { endpoint: google.endpoint }, aws: { endpoint: amazon.endpoint } },
    speechDeadlineMs: DEADLINE_MS,
    speechSilenceMs: SILENCE_MS,
    onBreakerChange: (change) => changes.push(change),
    maxBytes: 1_000_000_000,
    http: { send: () => Promise.reject(new Error("nothing is fetched in this test")) },
    fetchDeadlineMs: 1_000,
    clock: systemClock,
  });
});
afterEach(async () => {
  await audio.close();
  await folder[Symbol.asyncDispose]();
});

test.each<[SpeechTrouble | "nothing", SpeechTrouble | "nothing", string]>([
  ["nothing", "nothing", "gcp"],
  ["quota", "nothing", "aws"],
  ["slowness", "nothing", "aws"],
  ["cut", "silence", "local"],
  ["credentials", "cut", "local"],
  ["slowness", "slowness", "local"],
])("with %s at Google and %s at Amazon %s speaks, in time", async (atGoogle, atAmazon, speaker) => {
  const ends = [await begin(google, atGoogle), await begin(amazon, atAmazon)];
  const startMs = performance.now();
  const spoken = await audio.speech.speak({ text: "Hello there", language: "en-US", voice: "en-US-Wavenet-A" }, never);
  for (const end of ends) await end();
  expect(performance.now() - startMs).toBeLessThan(SILENCE_MS);
  expect(spoken.provider).toBe(speaker);
  for (const { fault, error, remedy } of spoken.attempts.slice(0, -1)) {
    expect({ fault, error, remedy }).toEqual({
      fault: expect.any(String),
      error: expect.any(String),
      remedy: expect.any(String),
    });
  }
  if (spoken.media.kind === "audio") expect(await audio.files.find(spoken.media.id, "wav16")).toBeDefined();
});

test("a cloud that is down is not waited for again and again, and what it has spoken is still there", async () => {
  await speak("kept");
  const end = await google.begin("slowness");
  for (const text of ["one", "two", "three", "four"]) await speak(text);
  await end();
  expect(changes).toMatchObject([{ provider: "gcp", open: true }]);
  expect((await speak("five")).attempts).toMatchObject([
    { provider: "gcp", fault: "unavailable" },
    { provider: "aws" },
  ]);
  expect((await speak("kept")).attempts).toMatchObject([{ provider: "gcp", cached: true }]);
});

const speak = (text: string) => audio.speech.speak({ text, language: "en-US" }, never);
const begin = (server: Pick<typeof google, "begin">, trouble: SpeechTrouble | "nothing") =>
  trouble === "nothing" ? async () => {} : server.begin(trouble);
