/** Speech that is heard while it is made, by a cloud that sends it slowly, and kept when it is whole. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { diskIndex } from "../../src/providers/disk-index.ts";
import { aws } from "../../src/providers/synthesis/aws.ts";
import { withDeadline } from "../../src/providers/synthesis/deadline.ts";
import { cachedSpeech, spokenSchema } from "../../src/providers/synthesis/speech-cache.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { hear, samplesOf, tone } from "../support/tones.ts";
import { never, noLimit, storeIn, temporaryFolder } from "./media-parts.ts";
import { type Pace, startPollyServer } from "./polly-server.ts";

const KEY = "AKIDEXAMPLE";
vi.stubEnv("AWS_ACCESS_KEY_ID", KEY);
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");
vi.stubEnv("AWS_REGION", "eu-central-1");
const server = await startPollyServer(nextAddress(), KEY);
afterAll(() => server.close());
afterEach(() => server.sendAtPace(undefined));

const [FIRST, SECOND] = [440, 620];
const bytesOf = (pcm: Int16Array): Buffer => Buffer.from(pcm.buffer);
const melody = (): Buffer => Buffer.concat([FIRST, SECOND].map((hz) => bytesOf(tone(hz, 500, 16_000))));
/** An odd number, so that samples come in halves. */
const slowly: Pace = { sound: melody, bytes: 3_201, everyMs: 50 };
const words = (text: string) => ({ text, language: "en-US" });
const tonesOf = (pcm: Int16Array) => hear(pcm, undefined, 16_000).map(({ frequency }) => frequency);

async function parts(deadlineMs = 5_000) {
  const folder = await temporaryFolder();
  const store = await storeIn(folder.path);
  const cache = cachedSpeech(store, diskIndex(join(folder.path, "spoken"), spokenSchema, noLimit));
  const provider = withDeadline(aws({ endpoint: server.endpoint }), deadlineMs);
  return {
    begin: (text: string, signal = never, more = {}) => cache.begin(provider, { ...words(text), ...more }, signal),
    speak: (text: string) => cache.speak(provider, words(text), never),
    kept: async (audioId: string) => samplesOf(await readFile((await store.find(audioId, "wav16")) ?? "")),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
type Begun = Awaited<ReturnType<Awaited<ReturnType<typeof parts>>["begin"]>>;
const soundIn = (begun: Begun): AsyncIterable<Uint8Array> => {
  if (!("sound" in begun)) throw new Error("it was whole at once");
  return begun.sound;
};
async function listen(sound: AsyncIterable<Uint8Array>): Promise<Int16Array> {
  const heard: Uint8Array[] = [];
  for await (const part of sound) heard.push(part);
  const all = Buffer.concat(heard);
  return new Int16Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length));
}

test("the first is heard before the last is made; all who ask share it, and it is kept when it is whole", async () => {
  await using speech = await parts();
  let isSent = false;
  server.sendAtPace({ ...slowly, onSent: () => (isSent = true) });
  const before = server.requests.length;
  const [one, other] = await Promise.all([speech.begin("Hello"), speech.begin("Hello")]);
  const [first] = [soundIn(one)[Symbol.asyncIterator]()];
  expect((await first.next()).value?.length).toBeGreaterThan(0);
  expect(isSent).toBe(false);
  const heard = await Promise.all([listen(soundIn(one)), listen(soundIn(other))]);
  for (const pcm of heard) expect(tonesOf(pcm)).toEqual([FIRST, SECOND]);
  const kept = await speech.speak("Hello");
  expect(await speech.kept(kept.audioId)).toEqual(heard[0]);
  expect(await speech.begin("Hello")).toEqual({ audioId: kept.audioId, cached: true });
  expect(server.requests.length - before).toBe(1);
});

test("it is made to its end, and kept, though whoever asked does not listen", async () => {
  await using speech = await parts();
  server.sendAtPace(slowly);
  soundIn(await speech.begin("Hello"));
  await eventually("it is kept", async () => (await speech.begin("Hello").then((begun) => "cached" in begun)) === true);
});

test("what comes at once is whole at once", async () => {
  await using speech = await parts();
  expect(await speech.begin("Hello")).toMatchObject({ cached: false });
});

test("what follows in a moment is not waited for when it is urgent, unless nothing was said so far", async () => {
  await using speech = await parts();
  const isUrgent = true;
  server.sendAtPace({ ...slowly, bytes: 24_000, everyMs: 5 });
  expect(tonesOf(await listen(soundIn(await speech.begin("Hello", never, { isUrgent }))))).toEqual([FIRST, SECOND]);
  server.sendAtPace({ ...slowly, sound: () => bytesOf(tone(FIRST, 40, 16_000)) });
  await expect(speech.begin("Nothing", never, { isUrgent })).rejects.toMatchObject({ fault: "no_audio" });
});

test("what breaks off in the middle says so after what there was, and is not kept", async () => {
  await using speech = await parts();
  server.sendAtPace(slowly);
  const sound = soundIn(await speech.begin("Hello"));
  const iterator = sound[Symbol.asyncIterator]();
  await iterator.next();
  const end = server.cutAfter(0);
  await expect(listen(sound)).rejects.toMatchObject({ fault: "unavailable" });
  end();
  server.sendAtPace(undefined);
  expect(await speech.begin("Hello")).toMatchObject({ cached: false });
});

test("what comes to a stand is given up; what goes on slowly is not, however long it takes in all", async () => {
  await using speech = await parts(400);
  server.sendAtPace({ ...slowly, everyMs: 100 });
  expect(tonesOf(await listen(soundIn(await speech.begin("Slow"))))).toEqual([FIRST, SECOND]);
  server.sendAtPace({ ...slowly, everyMs: 3_000 });
  await expect(listen(soundIn(await speech.begin("Standing")))).rejects.toMatchObject({ fault: "timeout" });
});

test("whoever hangs up before it begins does not wait, and nobody pays for it", async () => {
  await using speech = await parts();
  const hangup = new AbortController();
  server.sendAtPace({ ...slowly, sound: () => Buffer.alloc(0) });
  const begun = speech.begin("Hello", hangup.signal);
  hangup.abort(new Error("hung up"));
  await expect(begun).rejects.toThrow("hung up");
});
