import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Action } from "../../../src/model/action.ts";
import type { Recording } from "../../../src/model/recording.ts";
import type { RecordingOrder } from "../../../src/ports/call-recorder.ts";
import type { Storage } from "../../../src/ports/storage.ts";
import { TelephonyError } from "../../../src/ports/telephony.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { type FakeRecorder, fakeRecorder } from "../fake-recorder.ts";
import { fakeSwitch } from "../fake-switch.ts";
import { type FakeTelephony, fakeTelephony } from "../fake-telephony.ts";
import { arrive, leave, runIn, startEngine } from "../one-call.ts";

let storage: Storage;
let telephony: FakeTelephony;
let recorder: FakeRecorder;
let engine: Engine;
let fetches: number;

const action = (type: string, option: Action["option"] = {}): Action => ({ id: type, type, option });
const answer = action("answer");
const record = (option: Action["option"] = {}) => action("recording_start", option);
const rest = action("sleep", { duration: 60_000 });
const USUAL: RecordingOrder = { format: "wav", channels: 1, endOfSilence: 0, endOfKey: "none", duration: 0 };

const start = () => {
  const { recording } = fakeSwitch(telephony);
  const onOver = () => {
    fetches += 1;
  };
  return startEngine({ storage, telephony, recording: { ...recording, recorder, onOver } });
};
/** As after `kill -9`: the switch has its channels and recordings still. */
async function restart(): Promise<void> {
  engine.stop();
  const before = telephony;
  telephony = fakeTelephony();
  for (const [id, channel] of before.present) telephony.present.set(id, { ...channel, state: "up" });
  const { running, silent } = recorder;
  recorder = fakeRecorder(telephony.asked);
  for (const [id, take] of running) recorder.running.set(id, take);
  for (const id of silent) recorder.silent.add(id);
  engine = await start();
}

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  telephony = fakeTelephony();
  recorder = fakeRecorder(telephony.asked);
  fetches = 0;
  engine = await start();
});
afterEach(async () => {
  engine.stop();
  await storage.close();
});

const recordings = async () => (await storage.recordings.list(storage.defaultCustomerId, { pageSize: 9 })).result;
const becomes = (expected: Partial<Recording>): Promise<Recording> =>
  eventually(`a recording that is ${JSON.stringify(expected)}`, async () => {
    const [recording] = await recordings();
    expect(recording).toMatchObject(expected);
    return recording;
  });
const callNow = async () => (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result[0];
const callId = async () => (await callNow())?.id ?? "";
const factsOf = async (type: string) =>
  (await storage.timeline.ofCall(await callId())).filter((fact) => fact.type === type);
const press = (digit: string) => telephony.tell({ type: "digit_received", channelId: "c1", digit });
const recorded = async (...list: readonly Action[]): Promise<Recording> => {
  await arrive({ storage, telephony }, [answer, ...list, rest]);
  return becomes({ status: "recording" });
};

test("a flow records its call, is told of it by variables, and goes on", async () => {
  const { id, recording_name } = await recorded(record({ channels: 2, end_of_silence: 4, duration: 60 }));
  expect(telephony.asked).toEqual(["answer c1", "record c1 2 silence 4 for 60"]);
  await eventually("the next step", async () => (await runIn(storage)).position.step?.id.endsWith(".3"));
  const { variables } = await runIn(storage);
  expect(variables).toMatchObject({
    "voipbin.recording.id": id,
    "voipbin.recording.reference_type": "call",
    "voipbin.recording.reference_id": await callId(),
    "voipbin.recording.format": "wav",
    "voipbin.recording.recording_name": recording_name,
    "voipbin.recording.filenames": `${recording_name}.wav`,
    "voipbin.recording.duration": "",
    "voipbin.recording.url": `http://ringdown/v1.0/recordings/${id}/file`,
  });
  expect(await callNow()).toMatchObject({ recording_id: id, recording_ids: [id] });
  expect(await factsOf("recording_started")).toMatchObject([{ data: { recording_id: id, channels: 2 } }]);
});

test("recording_stop ends it, and its run knows how long it was", async () => {
  await arrive({ storage, telephony }, [answer, record(), action("recording_stop"), rest]);
  const { id, duration_ms } = await becomes({ status: "stopping", end_reason: "stopped", work: "fetch" });
  await eventually("the next step", async () => (await runIn(storage)).position.step?.id.endsWith(".4"));
  expect(telephony.asked).toEqual(["answer c1", "record c1 1", "stop recording"]);
  expect((await runIn(storage)).variables["voipbin.recording.duration"]).toBe(String(duration_ms));
  expect(await callNow()).toMatchObject({ recording_id: null, recording_ids: [id] });
  expect(fetches).toBe(1);
});

test("recording_stop without a recording, and one before the answer, leave nothing behind", async () => {
  await arrive({ storage, telephony }, [record(), action("recording_stop"), answer, rest]);
  await eventually("the rest", async () => (await runIn(storage)).position.step?.id.endsWith(".4"));
  expect(telephony.asked).toEqual(["answer c1"]);
  expect(await recordings()).toEqual([]);
  expect(await factsOf("action_failed")).toMatchObject([{ data: { action: "recording_start" } }]);
});

test.each([
  ["#", "12#", "#"],
  ["*", "#*", "*"],
  ["any", "7", "any key"],
])("end_of_key %s: of %s the last ends it", async (end_of_key, keys) => {
  await recorded(record({ end_of_key }));
  for (const key of keys.slice(0, -1)) press(key);
  expect(telephony.asked).not.toContain("stop recording");
  press(keys.slice(-1));
  await becomes({ status: "stopping", end_reason: "key" });
  expect(telephony.asked).toContain("stop recording");
});

test("without end_of_key no key ends it, a hangup does", async () => {
  await recorded(record());
  for (const key of "123*0#") press(key);
  leave(telephony);
  await becomes({ status: "stopping", end_reason: "hangup" });
  expect(await callNow()).toMatchObject({ status: "hangup", recording_id: null });
});

test("when the switch ends it, it has failed", async () => {
  const { id } = await recorded(record({ end_of_silence: 2, duration: 60 }));
  recorder.end(id);
  recorder.end(id);
  await becomes({ status: "stopping", end_reason: "failed" });
  expect(fetches).toBe(1);
});

test("silence ends it, unless it is paused or was silent in a pause only", async () => {
  const { id } = await recorded(record({ end_of_silence: 2 }));
  await engine.recordings.pause(id);
  recorder.fallSilent(id);
  expect(await engine.recordings.resume(id)).toMatchObject({ status: "recording", paused: false });
  recorder.fallSilent(id);
  await becomes({ status: "stopping", end_reason: "silence" });
  expect(telephony.asked).toContain("stop recording");
});

test("silence ends one that fell silent while nobody was there, but not one that is paused", async () => {
  const { id } = await recorded(record({ end_of_silence: 2 }));
  await engine.recordings.pause(id);
  recorder.silent.add(id);
  await restart();
  telephony.becomeReachable();
  await eventually("the pause", () => telephony.asked.includes("pause recording"));
  await engine.recordings.resume(id);
  recorder.silent.add(id);
  await restart();
  telephony.becomeReachable();
  await becomes({ id, status: "stopping", end_reason: "silence" });
});

test("one recording at a time: a second start is a note, and refused to who asks from outside", async () => {
  const { id } = await recorded(record(), { ...record(), id: "again" });
  await eventually("the note", async () => (await factsOf("note"))[0]);
  expect(await recordings()).toHaveLength(1);
  const start = engine.recordings.startOfCall(await callId(), USUAL, false);
  await expect(start).rejects.toMatchObject({ fault: "running" });
  await engine.recordings.stopOfCall(await callId());
  const { recording_ids } = await engine.recordings.startOfCall(await callId(), USUAL, true);
  expect(recording_ids).toEqual([id, expect.any(String)]);
  await eventually("the beep", () => telephony.asked.includes("play over c1 sound:beep"));
});

test("when the switch can't record, the flow goes on, and what may have begun is ended", async () => {
  recorder.failNext(new TelephonyError("refused", "record", "no disk"));
  await arrive({ storage, telephony }, [answer, record(), rest]);
  await becomes({ status: "stopping", end_reason: "failed", fault: "no disk", work: "fetch" });
  await eventually("the rest", async () => (await runIn(storage)).position.step?.id.endsWith(".3"));
  expect(await factsOf("action_failed")).toMatchObject([{ data: { action: "recording_start" } }]);
  expect(await callNow()).toMatchObject({ recording_id: null });
});

test("a paused recording is paused again after a crash, and resumed once", async () => {
  const { id } = await recorded(record());
  await engine.recordings.pause(id);
  await engine.recordings.pause(id);
  expect(await factsOf("recording_paused")).toHaveLength(1);
  await restart();
  telephony.becomeReachable();
  await eventually("the pause", () => telephony.asked.includes("pause recording"));
  expect(await engine.recordings.resume(id)).toMatchObject({ paused: false, tm_paused: null });
  expect(await engine.recordings.resume(id)).toMatchObject({ paused: false });
  expect(telephony.asked.filter((asked) => asked === "resume recording")).toHaveLength(1);
  await engine.recordings.stopOfCall(await callId());
  await expect(engine.recordings.pause(id)).rejects.toMatchObject({ fault: "over" });
});

test("after a crash a recording goes on, and its key still ends it", async () => {
  const { id } = await recorded(record({ end_of_key: "#" }));
  await restart();
  telephony.becomeReachable();
  expect(await becomes({ id, status: "recording" })).toMatchObject({ work: null });
  press("#");
  await becomes({ id, end_reason: "key" });
});

test("one that ended while nobody was there is over, as is one whose call did", async () => {
  const { id } = await recorded(record());
  recorder.running.delete(id);
  await restart();
  telephony.becomeReachable();
  await becomes({ id, status: "stopping", end_reason: "failed" });
  await engine.recordings.startOfCall(await callId(), USUAL, false);
  telephony.present.delete("c1");
  await restart();
  telephony.becomeReachable();
  await eventually("both over", async () => (await recordings()).every(({ status }) => status === "stopping"));
});

test("killed before it began, it begins once, for the step that wanted it", async () => {
  const { id } = await recorded(record());
  engine.stop();
  recorder.running.clear();
  await storage.recordings.save(id, { status: "initiating", tm_start: null }, []);
  const run = await runIn(storage);
  const step = { id: `${run.id}.2`, startedAtMs: 0, memo: { recordingId: id } };
  const frames = run.position.frames.map((frame) => ({ ...frame, index: 1 }));
  await storage.activeflows.save(run.id, { position: { ...run.position, frames, steps: 2, step } }, []);
  await restart();
  telephony.becomeReachable();
  await becomes({ id, status: "recording" });
  await eventually("the rest", async () => (await runIn(storage)).position.step?.id.endsWith(".3"));
  expect(telephony.asked.filter((asked) => asked.startsWith("record"))).toHaveLength(1);
  expect(await recordings()).toHaveLength(1);
});
