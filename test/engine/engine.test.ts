import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { createHealth } from "../../src/engine/health.ts";
import { defaultVariableLimits } from "../../src/flow/variable-limits.ts";
import type { Action } from "../../src/model/action.ts";
import type { Call } from "../../src/model/call.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { VariableLimitError } from "../../src/ports/variables.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { silentMetrics } from "../support/metrics.ts";
import { fakeSwitch } from "./fake-switch.ts";
import { channelOf, type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { testLimits } from "./limits.ts";

const log = pino({ level: "silent" });
let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log, clock });
  telephony = fakeTelephony();
  engine = await startEngine(telephony);
  return () => {
    engine.stop();
    return storage.close();
  };
});

test("the flow of the dialled number runs, and its end hangs the call up", async () => {
  await route("1", [beep("b1"), { id: "h", type: "hangup", option: { reason: "busy" } }]);
  telephony.arrive("c1", "1");
  await finishPlayback("c1");
  await asked("hangup c1 17");
  const [call] = (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result;
  await eventually("the call's end", async () => (await storage.calls.get(call?.id ?? ""))?.status === "hangup");
  expect(await storage.calls.get(call?.id ?? "")).toMatchObject({
    hangup_by: "local",
    hangup_reason: "busy",
    hangup_cause: 17,
  });
  expect((await timelineTypes()).slice(0, 4)).toEqual([
    "call_created",
    "activeflow_started",
    "action_started",
    "action_ended",
  ]);
});

test("a caller who hangs up ends the flow there, with the cause on the record", async () => {
  await route("1", [beep("b1"), beep("b2")]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  telephony.tell({ type: "hangup_requested", channelId: "c1", cause: 19 });
  leave("c1");
  await eventually("the run's end", async () => (await onlyRun()).status === "ended");
  expect((await onlyRun()).ended_reason).toBe("hangup");
  const [call] = (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result;
  expect(call).toMatchObject({ status: "hangup", hangup_by: "remote", hangup_reason: "noanswer" });
  expect(telephony.asked.filter((one) => one.startsWith("play"))).toHaveLength(1);
});

test("a prompt that fails because the caller has hung up does not let the flow go on", async () => {
  await route("1", [beep("b1"), beep("b2")]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const [playbackId = ""] = telephony.playing;
  telephony.tell({ type: "hangup_requested", channelId: "c1", cause: 16 });
  telephony.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: true });
  await eventually("the run's end", async () => (await onlyRun()).status === "ended");
  leave("c1");
  expect((await onlyRun()).ended_reason).toBe("hangup");
  const [call] = (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result;
  expect(call).toMatchObject({ status: "hangup", hangup_by: "remote", hangup_reason: "normal" });
  expect(telephony.asked).toHaveLength(1);
});

test("events that come while the number is looked up are not lost", async () => {
  await route("1", [
    { id: "d", type: "digits_receive", option: { length: 2 } },
    { id: "h", type: "hangup", option: {} },
  ]);
  telephony.arrive("c1", "1");
  telephony.tell({ type: "digit_received", channelId: "c1", digit: "4" });
  telephony.tell({ type: "digit_received", channelId: "c1", digit: "2" });
  await asked("hangup c1 16");
  expect((await onlyRun()).variables["voipbin.call.digits"]).toBe("42");
});

test("a failed action is a fact, and the flow goes on", async () => {
  await route("1", [{ id: "t", type: "talk", option: { text: "hi", language: "en-US" } }, beep("b1")]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const failed = (await timeline()).find(({ type }) => type === "action_failed");
  expect(failed?.data).toMatchObject({ action: "talk", error: "Error", message: "no speech in this test" });
});

test("the flow that follows on completion runs without the call, with its variables", async () => {
  const after = await flow([
    beep("skipped"),
    { id: "v", type: "variable_set", option: { key: "after", value: "${before} ${voipbin.call.status}" } },
  ]);
  await route("1", [{ id: "v", type: "variable_set", option: { key: "before", value: "yes" } }], after);
  telephony.arrive("c1", "1");
  const following = await eventually("the following run's end", async () =>
    (await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 5 })).result.find(
      (run) => run.flow_id === after && run.status === "ended",
    ),
  );
  expect(following.variables.after).toBe("yes ringing");
  expect(following.variables["voipbin.activeflow.complete_count"]).toBe("1");
  expect(await timelineTypes()).toContain("action_skipped");
});

test("a run knows its call as it is now", async () => {
  const told = "${voipbin.call.status} ${voipbin.flow.reference_data}";
  await route("1", [
    { id: "a", type: "answer", option: {} },
    { id: "v", type: "variable_set", option: { key: "told", value: told } },
    beep("b"),
  ]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const { variables, reference_id } = await onlyRun();
  expect(variables.told).toMatch(/^progressing \{/);
  expect(JSON.parse(variables.told?.slice("progressing ".length) ?? "")).toMatchObject({ id: reference_id });
});

test("flows that follow themselves end after five", async () => {
  const id = ids.next();
  await flow([{ id: "s", type: "sleep", option: { duration: 0 } }], id, id);
  await engine.startActiveflow({
    flowId: id,
    customerId: storage.defaultCustomerId,
    variables: {},
    onCompleteFlowId: null,
  });
  const all = await eventually("six ended runs", async () => {
    const { result } = await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 20 });
    return result.length >= 6 && result.every(({ status }) => status === "ended") ? result : undefined;
  });
  expect(all).toHaveLength(6);
});

test("a caller whose arrival was lost is served when the switch is compared", async () => {
  await route("1", [beep("b1")]);
  telephony.present.set("c1", channelOf("c1", "1"));
  telephony.becomeReachable();
  await asked("play c1 sound:beep");
});

/** How far a prompt had come when the process died, what the switch tells afterwards, and what must follow. */
test.each([
  { name: "never began", memo: false, playing: false, told: undefined, plays: 2 },
  { name: "began, nothing heard of it yet, and goes on", memo: false, playing: true, told: undefined, plays: 1 },
  { name: "goes on", memo: true, playing: true, told: undefined, plays: 1 },
  { name: "ended, and the news was lost", memo: true, playing: false, told: undefined, plays: 1 },
  { name: "began and ended, the switch kept the news", memo: false, playing: false, told: "ended", plays: 1 },
  { name: "failed, its audio being asked of nobody", memo: false, playing: false, told: "failed", plays: 2 },
] as const)("killed while a prompt $name", async ({ memo, playing, told, plays }) => {
  await route("1", [beep("b1"), { id: "h", type: "hangup", option: {} }]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const [playbackId = ""] = telephony.playing;
  if (memo) {
    telephony.tell({ type: "playback_started", channelId: "c1", playbackId });
    await eventually("the memo", async () => Object.keys((await onlyRun()).position.step?.memo ?? {}).length > 0);
  }
  engine.stop();

  const after = fakeTelephony();
  after.present.set("c1", channelOf("c1", "1"));
  if (playing) after.playing.add(playbackId);
  engine = await startEngine(after);
  if (told) after.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: told === "failed" });
  telephony = after;
  after.becomeReachable();
  if (plays === 2) await asked("play c1 sound:beep");
  if (plays === 2 || playing) {
    after.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: false });
  }
  await asked("hangup c1 16");
  expect(after.asked.filter((one) => one.startsWith("play"))).toHaveLength(plays - 1);
});

test("an outgoing call rings, and its flow begins when it is answered", async () => {
  const call = await place([beep("b1")]);
  await asked(`dial ${call.id} sip:bob@127.0.0.9`);
  telephony.tell({ type: "channel_ringing", channelId: call.id });
  await eventually("ringing", async () => (await storage.calls.get(call.id))?.status === "ringing");
  expect(telephony.asked.filter((one) => one.startsWith("play"))).toEqual([]);
  telephony.tell({ type: "channel_answered", channelId: call.id });
  await asked(`play ${call.id} sound:beep`);
});

test("with early execution the flow begins at ringing, and what needs an answer waits for it", async () => {
  const call = await place([beep("b1")], true);
  await asked(`dial ${call.id} sip:bob@127.0.0.9`);
  telephony.tell({ type: "channel_ringing", channelId: call.id });
  await eventually("the beep's beginning", async () => (await timelineTypes()).includes("action_started"));
  expect(telephony.asked.filter((one) => one.startsWith("play"))).toEqual([]);
  telephony.tell({ type: "channel_answered", channelId: call.id });
  await asked(`play ${call.id} sound:beep`);
});

test("an outgoing call that nobody answers ends its flow before it began", async () => {
  const call = await place([beep("b1")]);
  await asked(`dial ${call.id} sip:bob@127.0.0.9`);
  telephony.tell({ type: "channel_left", channelId: call.id, cause: 17 });
  await eventually("the run's end", async () => (await onlyRun()).status === "ended");
  expect(await storage.calls.get(call.id)).toMatchObject({
    status: "hangup",
    hangup_by: "remote",
    hangup_reason: "busy",
  });
  expect(telephony.asked.filter((one) => one.startsWith("play"))).toEqual([]);
});

test("killed before it rang, an outgoing call rings after all", async () => {
  const call = await place([beep("b1")]);
  await asked(`dial ${call.id} sip:bob@127.0.0.9`);
  engine.stop();
  telephony = fakeTelephony();
  engine = await startEngine(telephony);
  telephony.becomeReachable();
  await asked(`dial ${call.id} sip:bob@127.0.0.9`);
  telephony.tell({ type: "channel_answered", channelId: call.id });
  await asked(`play ${call.id} sound:beep`);
});

test("what served a run that is over is dismissed, and nothing else", async () => {
  const id = ids.next();
  telephony.serving.push(`${id}.3.echo`, "somebody-else's");
  telephony.becomeReachable();
  await asked(`dismiss ${id}.3.echo`);
  expect(telephony.asked).not.toContain("dismiss somebody-else's");
});

test.each([
  [true, 1],
  [false, 2],
])("a prompt that the switch knows nothing of, whose end is told: %s, is played %i times", async (told, plays) => {
  await route("1", [beep("b1")]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const [playbackId = ""] = telephony.playing;
  telephony.playing.delete(playbackId);
  if (told) telephony.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: false });
  await eventually("the second try", () => plays === 1 || telephony.playing.has(playbackId));
  expect(telephony.asked.filter((one) => one.startsWith("play"))).toHaveLength(plays);
});

test("killed again before the run went on, a prompt that ended meanwhile is still not repeated", async () => {
  await route("1", [beep("b1"), { id: "h", type: "hangup", option: {} }]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const [playbackId = ""] = telephony.playing;
  for (const told of [true, false]) {
    engine.stop();
    telephony = fakeTelephony();
    telephony.present.set("c1", channelOf("c1", "1"));
    engine = await startEngine(telephony);
    if (told) telephony.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: false });
    await eventually("the memo", async () => Object.keys((await onlyRun()).position.step?.memo ?? {}).length > 0);
  }
  telephony.becomeReachable();
  await asked("hangup c1 16");
  expect(telephony.asked).not.toContain("play c1 sound:beep");
});

test("a call that was about to be hung up when the process died is hung up", async () => {
  await route("1", [beep("b1")]);
  telephony.arrive("c1", "1");
  await asked("play c1 sound:beep");
  const run = await onlyRun();
  engine.stop();
  await storage.activeflows.save(run.id, { status: "ended", ended_reason: "finished" }, []);
  telephony = fakeTelephony();
  telephony.present.set("c1", channelOf("c1", "1"));
  engine = await startEngine(telephony);
  telephony.becomeReachable();
  await asked("hangup c1 16");
});

async function startEngine(on: FakeTelephony): Promise<Engine> {
  const started = createEngine({
    storage,
    ...fakeSwitch(on),
    catalogue: actions,
    ports: {
      clock,
      speech: { speak: noSpeech, begin: noSpeech },
      media: { fetch: () => Promise.reject(new Error("no media in this test")) },
      http: { send: () => Promise.reject(new Error("no requests in this test")) },
    },
    limits: testLimits(),
    clock,
    ids,
    log,
    metrics: silentMetrics,
    health: createHealth(clock),
  });
  await started.start();
  return started;
}

const noSpeech = () => Promise.reject(new Error("no speech in this test"));
const beep = (id: string): Action => ({ id, type: "beep", option: {} });

const asked = (what: string) => eventually(what, () => telephony.asked.includes(what));

async function finishPlayback(channelId: string): Promise<void> {
  await asked(`play ${channelId} sound:beep`);
  const [playbackId = ""] = telephony.playing;
  telephony.playing.delete(playbackId);
  telephony.tell({ type: "playback_started", channelId, playbackId });
  telephony.tell({ type: "playback_ended", channelId, playbackId, failed: false });
}

function leave(channelId: string): void {
  telephony.present.delete(channelId);
  telephony.tell({ type: "channel_left", channelId });
}

async function flow(list: readonly Action[], onComplete: string | null = null, id = ids.next()): Promise<string> {
  const now = new Date().toISOString();
  const common = { customer_id: storage.defaultCustomerId, tm_create: now, tm_update: now };
  await storage.flows.create({
    ...common,
    id,
    name: "",
    detail: "",
    actions: [...list],
    on_complete_flow_id: onComplete,
  });
  return id;
}

async function route(number: string, list: readonly Action[], onComplete: string | null = null): Promise<void> {
  const now = new Date().toISOString();
  const common = { customer_id: storage.defaultCustomerId, tm_create: now, tm_update: now };
  const call_flow_id = await flow(list, onComplete);
  await storage.numbers.create({
    ...common,
    id: ids.next(),
    number,
    call_flow_id,
    message_flow_id: null,
    name: "",
    detail: "",
  });
}

test("neither a call nor a run begins with variables that are too large", async () => {
  const order = {
    customerId: storage.defaultCustomerId,
    flowId: null,
    actions: [beep("b1")],
    onCompleteFlowId: null,
    variables: { big: "x".repeat(defaultVariableLimits.valueBytes + 1) },
  };
  const parties = { source: { type: "tel", target: "1" }, destinations: [{ type: "sip", target: "x@h" }] } as const;
  await expect(engine.placeCalls({ ...order, ...parties, earlyExecution: false })).rejects.toThrow(VariableLimitError);
  const { flowId: _none, ...start } = order;
  await expect(engine.startActiveflow(start)).rejects.toThrow(VariableLimitError);
  expect((await storage.calls.list(order.customerId, { pageSize: 1 })).result).toEqual([]);
  expect((await storage.activeflows.list(order.customerId, { pageSize: 1 })).result).toEqual([]);
});

async function place(list: readonly Action[], earlyExecution = false): Promise<Call> {
  const { calls } = await engine.placeCalls({
    customerId: storage.defaultCustomerId,
    source: { type: "tel", target: "4711" },
    destinations: [{ type: "sip", target: "sip:bob@127.0.0.9" }],
    flowId: null,
    actions: list,
    onCompleteFlowId: null,
    variables: {},
    earlyExecution,
  });
  const [call] = calls;
  if (!call) throw new Error("no call was made");
  return call;
}

const onlyRun = () =>
  eventually(
    "a run",
    async () => (await storage.activeflows.list(storage.defaultCustomerId, { pageSize: 1 })).result[0],
  );

const timeline = async () => storage.timeline.ofCall((await onlyRun()).reference_id ?? "");
const timelineTypes = async () => (await timeline()).map(({ type }) => type);
