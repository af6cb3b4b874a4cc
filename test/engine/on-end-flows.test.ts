import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Recording } from "../../src/model/recording.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { StorageError } from "../../src/ports/storage-error.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { sampleFlow, sampleRecording } from "../contract/storage-samples.ts";
import { aTranscribe } from "../http/support/transcribe.ts";
import { eventually } from "../support/eventually.ts";
import { fakeLiveAudio } from "./fake-live-audio.ts";
import { fakeSpeechRecognizer } from "./fake-speech-recognizer.ts";
import { type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { arrive, leave, startEngine } from "./one-call.ts";

let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;
let flowId: string;

/** What it was told stays in a variable of its own. */
const follow = (variable: string) => ({
  ...{ id: "tell", type: "variable_set" },
  option: { key: "told", value: `\${${variable}}` },
});
const answer = { id: "answer", type: "answer", option: {} };
const wait = { id: "wait", type: "sleep", option: { duration: 60_000 } };

async function followedBy(...actions: Parameters<typeof arrive>[1]): Promise<string> {
  const flow = sampleFlow({ customer_id: storage.defaultCustomerId, actions: [...actions] });
  await storage.flows.create(flow);
  return flow.id;
}

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  telephony = fakeTelephony();
  engine = await startEngine({ storage, telephony });
  flowId = await followedBy(follow("voipbin.recording.duration"), {
    id: "play",
    type: "play",
    option: { stream_urls: ["sound:beep"] },
  });
});
afterEach(async () => {
  engine.stop();
  await storage.close();
});

const recorded = (changes: Partial<Recording> = {}): Recording =>
  sampleRecording({
    ...{ customer_id: storage.defaultCustomerId, status: "ended", duration_ms: 1_500 },
    ...{ on_end_flow_id: flowId, on_end_activeflow_id: ids.next(), ...changes },
  });
const runs = async () => (await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 10 })).result;
const ended = (id: string | null | undefined) =>
  eventually("the end of what follows", async () => {
    const run = await storage.activeflows.get(id ?? "");
    return run?.status === "ended" ? run : undefined;
  });

test("the flow of a recording runs, once, without a call, and knows the recording", async () => {
  const recording = recorded();
  for (const _ of [1, 2]) (await engine.onEnd.ofRecording(recording))();
  const run = await ended(recording.on_end_activeflow_id);
  expect(run).toMatchObject({ flow_id: flowId, reference_type: "recording", reference_id: recording.id });
  expect(run.variables).toMatchObject({
    ...{ told: "1500", "voipbin.recording.id": recording.id, "voipbin.activeflow.reference_type": "recording" },
    ...{ "voipbin.recording.reference_id": recording.reference_id, "voipbin.recording.url": expect.any(String) },
  });
  const facts = await storage.timeline.ofActiveflow(run.id);
  expect(facts.filter(({ type }) => type === "action_skipped")).toHaveLength(1);
  (await engine.onEnd.ofRecording(recording))();
  expect(await runs()).toHaveLength(1);
});

test("what was stored and had not begun when the process died begins in the next one, once", async () => {
  const recording = recorded();
  await engine.onEnd.ofRecording(recording);
  engine.stop();
  expect(await runs()).toMatchObject([{ status: "running", position: { step: null } }]);
  engine = await startEngine({ storage, telephony: fakeTelephony() });
  (await engine.onEnd.ofRecording(recording))();
  await ended(recording.on_end_activeflow_id);
  expect(await runs()).toHaveLength(1);
});

test.each(["call", "confbridge"] as const)(
  "a flow that is gone is told on what of a %s has a timeline",
  async (type) => {
    const recording = recorded({ reference_type: type, on_end_flow_id: ids.next() });
    (await engine.onEnd.ofRecording(recording))();
    expect(await runs()).toEqual([]);
    const facts = await storage.timeline.ofCall(recording.reference_id);
    const data = { recording_id: recording.id, flow_id: recording.on_end_flow_id, message: expect.any(String) };
    expect(facts).toMatchObject(type === "call" ? [{ type: "note", data }] : []);
  },
);

test.each([
  ["unavailable", 1],
  ["corrupt", 0],
] as const)("a flow that can't be read because the storage is %s", async (fault, expected) => {
  let reads = 0;
  const { get } = storage.flows;
  storage.flows.get = async (...flow) => {
    reads += 1;
    if (reads === 1) throw new StorageError(fault, "no");
    return get(...flow);
  };
  (await engine.onEnd.ofRecording(recorded()))();
  expect(await runs()).toHaveLength(expected);
});

async function transcribed() {
  const parts = { liveAudio: fakeLiveAudio(), recognizer: fakeSpeechRecognizer() };
  engine.stop();
  telephony = fakeTelephony();
  engine = await startEngine({ storage, telephony, ...parts });
  const { reference_id } = await arrive({ storage, telephony }, [answer, wait]);
  await eventually(
    "an answered call",
    async () => (await storage.calls.get(reference_id ?? ""))?.status === "progressing",
  );
  const order = { language: "en-US", direction: "in", provider: null, hints: [] } as const;
  const on_end_flow_id = await followedBy(follow("voipbin.transcribe.text"));
  const transcribe = await engine.startTranscribe(reference_id ?? "", { ...order, on_end_flow_id });
  const listening = await eventually("a listening", () => parts.recognizer.listenings[0]);
  listening.understand("good bye");
  await eventually(
    "it",
    async () => (await storage.transcripts.list(transcribe.customer_id, { pageSize: 1 })).result[0],
  );
  return { transcribe, on_end_flow_id, ...parts };
}

test("the flow of a transcription runs when that is over, and knows what was said last", async () => {
  const { transcribe, on_end_flow_id, liveAudio } = await transcribed();
  expect(transcribe).toMatchObject({ on_end_flow_id, on_end_activeflow_id: expect.any(String) });
  leave(telephony);
  liveAudio.streams[0]?.end();
  const run = await ended(transcribe.on_end_activeflow_id);
  expect(run).toMatchObject({ flow_id: on_end_flow_id, reference_type: "transcribe", reference_id: transcribe.id });
  expect(run.variables).toMatchObject({
    ...{ told: "good bye", "voipbin.transcribe.id": transcribe.id, "voipbin.transcribe.language": "en-US" },
    ...{ "voipbin.transcribe.reference_type": "call", "voipbin.transcribe.reference_id": transcribe.reference_id },
  });
  expect(await storage.transcribes.get(transcribe.id)).toMatchObject({ status: "done", end_reason: "hangup" });
});

test("killed between the run and the end of a transcription, the next process has one of each", async () => {
  const { transcribe } = await transcribed();
  const { save } = storage.transcribes;
  const dead = Promise.withResolvers<void>();
  storage.transcribes.save = (id, changes, facts) =>
    changes.status === "done" ? new Promise(() => dead.resolve()) : save(id, changes, facts);
  void engine.stopTranscribe(transcribe.id);
  await dead.promise;
  engine.stop();
  storage.transcribes.save = save;
  const next = fakeTelephony();
  next.present.set("c1", { state: "up" } as never);
  engine = await startEngine({ storage, telephony: next });
  await ended(transcribe.on_end_activeflow_id);
  const over = await eventually("its end", async () => {
    const one = await storage.transcribes.get(transcribe.id);
    return one?.status === "done" ? one : undefined;
  });
  expect(over).toMatchObject({ end_reason: "stopped", error: null });
  expect((await runs()).filter(({ reference_type }) => reference_type === "transcribe")).toHaveLength(1);
});

test("nothing follows what names no flow", async () => {
  (await engine.onEnd.ofTranscribe(aTranscribe(), null))();
  expect(await runs()).toEqual([]);
});
