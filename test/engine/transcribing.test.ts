import { pino } from "pino";
import { expect, test } from "vitest";
import { RecognitionError } from "../../src/ports/speech-recognition.ts";
import { NobodyThereError, TranscribeRunningError } from "../../src/ports/transcribing.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { fakeBridges } from "./fake-bridges.ts";
import { fakeLiveAudio } from "./fake-live-audio.ts";
import { fakeSpeechRecognizer } from "./fake-speech-recognizer.ts";
import { fakeTelephony } from "./fake-telephony.ts";
import { arrive, leave, startEngine } from "./one-call.ts";

const start = { id: "start", type: "transcribe_start", option: { direction: "in" } };
const wait = { id: "wait", type: "sleep", option: { duration: 60_000 } };
const answer = { id: "answer", type: "answer", option: {} };

/** One call that is transcribed, and what the test needs to have its way with it. */
async function transcribed(actions = [answer, start, wait], parts: Partial<ReturnType<typeof partsOf>> = {}) {
  const all = { ...partsOf(), ...parts };
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  const telephony = fakeTelephony();
  const engine = await startEngine({ storage, telephony, ...all });
  const run = await arrive({ storage, telephony }, actions);
  const facts = (type: string) =>
    eventually(`${type} on the timeline`, async () => {
      const found = (await storage.timeline.ofActiveflow(run.id)).filter((fact) => fact.type === type);
      return found.length > 0 ? found.map(({ data }) => data) : undefined;
    });
  const record = async () => (await storage.transcribes.list(run.customer_id, { pageSize: 1 })).result[0];
  const transcripts = async () => (await storage.transcripts.list(run.customer_id, { pageSize: 10 })).result;
  const ended = () => eventually("its end", async () => ((await record())?.status === "done" ? record() : undefined));
  return { ...all, storage, telephony, engine, run, facts, record, transcripts, ended };
}
const partsOf = () => ({ liveAudio: fakeLiveAudio(), recognizer: fakeSpeechRecognizer() });

test("the call is heard before the flow goes on, under an id that begins with its own", async () => {
  const { facts, liveAudio, recognizer, run, record } = await transcribed();
  await facts("action_ended");
  await eventually("the next step", async () =>
    (await facts("action_started")).some(({ action }) => action === "sleep"),
  );
  expect(liveAudio.streams.map(({ order }) => order)).toEqual([
    {
      ...{ channelId: "c1", streamId: `${run.reference_id}.${(await record())?.id}.in`, heard: "in", speaks: false },
      ...{ sampleRateHz: 16_000, how: "tap" },
    },
  ]);
  expect(recognizer.listenings).toHaveLength(1);
});

test("what is understood while the call ends is kept, and then it is over", async () => {
  const { telephony, liveAudio, recognizer, facts, transcripts, ended } = await transcribed();
  await facts("transcribe_started");
  const listening = await eventually("a listening", () => recognizer.listenings[0]);
  listening.understand("first");
  leave(telephony);
  listening.understand("last");
  liveAudio.streams[0]?.end();
  expect(await ended()).toMatchObject({ end_reason: "hangup", error: null });
  expect((await transcripts()).map(({ message }) => message).toSorted()).toEqual(["first", "last"]);
});

test("audio that breaks off is asked for again, and the gap is told", async () => {
  const { liveAudio, recognizer, facts, telephony, transcripts, ended } = await transcribed();
  await eventually("a listening", () => recognizer.listenings.length === 1);
  liveAudio.streams[0]?.end();
  await eventually("another", () => recognizer.listenings.length === 2);
  expect(await facts("transcribe_resumed")).toMatchObject([{ direction: "in", gap: expect.any(String) }]);
  recognizer.listenings[1]?.understand("later", { startMs: 100, endMs: 200 });
  const [later] = await eventually("it", async () => ((await transcripts()).length > 0 ? transcripts() : undefined));
  // Times go on from the first.
  expect(later?.start_ms).toBeGreaterThan(900);
  leave(telephony);
  await ended();
});

test("when nobody can listen, it is over, with the reason, and the call goes on", async () => {
  const { recognizer, facts, ended, telephony, liveAudio } = await transcribed();
  const listening = await eventually("a listening", () => recognizer.listenings[0]);
  const trouble = { provider: "gcp", fault: "credentials", error: "expired", remedy: "renew", atMs: 20 } as const;
  listening.request.onTrouble?.(trouble);
  listening.fail(new RecognitionError([trouble], "no provider can listen: gcp: expired"));
  expect(await ended()).toMatchObject({ end_reason: "failed", error: "no provider can listen: gcp: expired" });
  expect(await facts("transcribe_failed")).toMatchObject([
    { provider: "gcp", fault: "credentials", error: "expired", remedy: "renew", at_ms: 20, direction: "in" },
  ]);
  expect(liveAudio.streams[0]?.isOpen).toBe(false);
  expect(telephony.present.has("c1")).toBe(true);
});

test("speech that is lost because nobody could listen is told as a gap", async () => {
  const { recognizer, facts } = await transcribed();
  const listening = await eventually("a listening", () => recognizer.listenings[0]);
  listening.request.onGap?.(2_500);
  expect(await facts("transcribe_resumed")).toMatchObject([
    { direction: "in", gap: "nobody could listen: about 3 s of speech are missing" },
  ]);
});

test("without a provider the action fails, says what to do, and the flow goes on", async () => {
  const recognizer = {
    ...fakeSpeechRecognizer(),
    check: () => {
      throw new RecognitionError([], "no transcription provider is configured");
    },
  };
  const { facts, record } = await transcribed(undefined, { recognizer });
  expect(await facts("action_failed")).toMatchObject([
    { error: "RecognitionError", message: "no transcription provider is configured" },
  ]);
  expect(await record()).toBeUndefined();
});

test("audio that can't be had fails the transcription, not the flow", async () => {
  const liveAudio = { ...fakeLiveAudio(), open: () => Promise.reject(new Error("no way to the audio")) };
  const { facts, ended } = await transcribed(undefined, { liveAudio });
  expect(await ended()).toMatchObject({ end_reason: "failed", error: "no way to the audio; see the log of Ringdown" });
  await eventually("the next step", async () =>
    (await facts("action_started")).some(({ action }) => action === "sleep"),
  );
});

test("what is being said is told, and not stored", async () => {
  const told: string[] = [];
  const onSpeech = (moment: string, { message }: { readonly message: string }) =>
    void told.push(`${moment} ${message}`);
  const { recognizer, transcripts } = await transcribed(undefined, { onSpeech } as object);
  const listening = await eventually("a listening", () => recognizer.listenings[0]);
  listening.understand("hel", { isFinal: false });
  listening.understand("hello");
  listening.understand("bye");
  await eventually("the transcripts", async () => (await transcripts()).length === 2);
  expect(told).toEqual(["started hel", "interim hel", "ended hello", "started bye", "ended bye"]);
});

test("stopped, it is not gone on with by a later process, though the last of it was not understood yet", async () => {
  const recognizer: ReturnType<typeof fakeSpeechRecognizer> = {
    ...fakeSpeechRecognizer(),
    // It understands nothing in time.
    async *listen(_request, signal) {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  };
  const stop = { id: "stop", type: "transcribe_stop", option: {} };
  const { engine, facts, storage, ended } = await transcribed([answer, start, stop, wait], { recognizer });
  await eventually("the next step", async () =>
    (await facts("action_started")).some(({ action }) => action === "sleep"),
  );
  engine.stop();
  await startEngine({ storage, telephony: fakeTelephony() });
  expect(await ended()).toMatchObject({ end_reason: "stopped" });
});

/** A confbridge that somebody is in, and an engine that transcribes it. */
async function transcribedConfbridge() {
  const parts = { ...partsOf(), bridges: fakeBridges() };
  const storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  const telephony = fakeTelephony();
  const engine = await startEngine({ storage, telephony, ...parts });
  const confbridge = { id: ids.next(), customer_id: storage.defaultCustomerId };
  const bridgeId = `conference.${confbridge.id}`;
  parts.bridges.present.set(bridgeId, new Set(["c1"]));
  const order = { language: "en-US", direction: "in", provider: null, hints: [] } as const;
  const start = () => engine.transcribeConfbridge(confbridge, order);
  const transcribe = await start();
  const ended = () =>
    eventually("its end", async () => {
      const one = await storage.transcribes.get(transcribe.id);
      return one?.status === "done" ? one : undefined;
    });
  return { ...parts, storage, telephony, engine, confbridge, bridgeId, start, transcribe, ended };
}

test("a confbridge is heard in its bridge, all together, until the last has left", async () => {
  const { liveAudio, recognizer, bridges, bridgeId, confbridge, transcribe, storage, start, ended } =
    await transcribedConfbridge();
  const streamId = `${confbridge.id}.${transcribe.id}.both`;
  expect(liveAudio.streams.map(({ order }) => order)).toEqual([{ bridgeId, streamId, sampleRateHz: 16_000 }]);
  await expect(start()).rejects.toThrow(TranscribeRunningError);
  recognizer.listenings[0]?.understand("good bye");
  // Who listens is in the bridge itself, and is nobody there.
  bridges.present.set(bridgeId, new Set([`${streamId}.media`]));
  liveAudio.streams[0]?.end();
  expect(await ended()).toMatchObject({ reference_type: "confbridge", end_reason: "hangup", error: null });
  const { result } = await storage.transcripts.list(confbridge.customer_id, { pageSize: 9 });
  expect(result).toMatchObject([{ direction: "both", message: "good bye" }]);
  await expect(start()).rejects.toThrow(NobodyThereError);
});

test("what hears a confbridge is no leftover; what heard one that is transcribed no more is", async () => {
  const { telephony, confbridge, transcribe } = await transcribedConfbridge();
  const [ours, left] = [transcribe.id, ids.next()].map((id) => `${confbridge.id}.${id}.both.media`);
  telephony.serving.push(...[ours, left].filter((id) => id !== undefined));
  telephony.becomeReachable();
  await eventually("a leftover's end", () => telephony.asked.includes(`dismiss ${left}`));
  expect(telephony.asked).not.toContain(`dismiss ${ours}`);
});

test.each([
  ["goes on in the next process while somebody is in it", true],
  ["is over in the next process when nobody is", false],
])("the transcription of a confbridge %s", async (_how, isAttended) => {
  const { engine, storage, bridges, bridgeId, ended, transcribe } = await transcribedConfbridge();
  engine.stop();
  if (!isAttended) bridges.present.delete(bridgeId);
  const [liveAudio, telephony] = [fakeLiveAudio(), fakeTelephony()];
  const next = await startEngine({ storage, telephony, liveAudio, bridges });
  telephony.becomeReachable();
  if (isAttended) {
    await eventually("a stream", () => liveAudio.streams.length === 1);
    await next.stopTranscribesOf(transcribe.reference_id);
  }
  expect(await ended()).toMatchObject({ end_reason: isAttended ? "stopped" : "hangup" });
  expect(liveAudio.streams).toHaveLength(isAttended ? 1 : 0);
});
