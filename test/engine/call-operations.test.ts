import { beforeEach, expect, test } from "vitest";
import { callOperations } from "../../src/engine/call-operations.ts";
import { createCallScope } from "../../src/engine/call-scope.ts";
import { createCallSounds } from "../../src/engine/call-sound.ts";
import type { Call } from "../../src/model/call.ts";
import type { CallOperation } from "../../src/ports/engine-control.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { aCall } from "../http/support/call.ts";
import { eventually } from "../support/eventually.ts";
import { type FakeChannelSound, fakeChannelSound } from "./fake-channel-sound.ts";

/** What was stored and what the switch was asked, in one order. */
let log: string[];
let sound: FakeChannelSound;
let background: Promise<unknown>[];

beforeEach(() => {
  log = [];
  sound = fakeChannelSound(log);
  background = [];
});

const speech = {
  speak: async ({ text }: { readonly text: string }) => ({
    media: { kind: "audio", id: text } as const,
    provider: "local",
    attempts: [],
  }),
};

function operationsOn(changes: Partial<Call> = {}, with_: Partial<FakeChannelSound> = {}) {
  const save = async (call: Call, facts: readonly { readonly type: string }[]) => {
    const state = `${call.mute_direction || "-"}${call.on_hold ? " held" : ""}`;
    log.push(`stored ${facts.map(({ type }) => type)} ${state}${call.own_sound && ` ${call.own_sound}`}`);
  };
  const calls = { save } as unknown as Parameters<typeof createCallScope>[1]["calls"];
  const keep = (work: Promise<unknown>) => void background.push(work.catch(() => undefined));
  const scope = createCallScope(aCall({ channel_id: "c1", ...changes }), { calls, clock, background: keep });
  let made = 0;
  const ids = { next: () => `id${++made}` };
  const sounds = createCallSounds({ ...sound, ...with_ });
  const operations = callOperations({ sounds, sound, speech, ids, background: keep });
  return { scope, ...sounds, ...operations };
}

const simple = (type: "hold" | "unhold" | "start_music" | "stop_music" | "start_silence" | "stop_silence") =>
  ({ type }) as const;

test("hold is stored before it is, and no more on hold after it is not; a repeat stores nothing", async () => {
  const { scope, operate } = operationsOn();
  expect(await operate(scope, simple("hold"))).toMatchObject({ on_hold: true });
  await operate(scope, simple("hold"));
  expect(await operate(scope, simple("unhold"))).toMatchObject({ on_hold: false });
  await operate(scope, simple("unhold"));
  expect(log).toEqual([
    "stored call_held - held",
    "own c1",
    "hold c1",
    "own c1",
    "hold c1",
    "unhold c1",
    "stored call_unheld -",
  ]);
});

test("muting adds up by direction, and is taken back by direction", async () => {
  const { scope, operate } = operationsOn();
  for (const direction of ["in", "out", "out"] as const) await operate(scope, { type: "mute", direction });
  for (const direction of ["in", "both", "both"] as const) await operate(scope, { type: "unmute", direction });
  expect(log).toEqual([
    "stored call_muted in",
    "mute c1 in",
    "stored call_muted both",
    "mute c1 out",
    "mute c1 both",
    "unmute c1 in",
    "stored call_unmuted out",
    "unmute c1 out",
    "stored call_unmuted -",
  ]);
});

test("operations on one call are done in the order in which they were asked for, failures too", async () => {
  const mute = () => Promise.reject(new TelephonyError("unavailable", "mute", "away"));
  const { scope, operate } = operationsOn({}, { mute });
  const first = operate(scope, { type: "mute", direction: "in" });
  const second = operate(scope, { type: "unmute", direction: "in" });
  await expect(first).rejects.toMatchObject({ fault: "unavailable" });
  await second;
  expect(log).toEqual(["stored call_muted in", "unmute c1 both", "stored call_unmuted -"]);
});

test("music and silence come and go; the music of a call on hold is not stopped", async () => {
  const { scope, operate } = operationsOn();
  for (const type of ["start_music", "stop_music", "start_silence", "stop_silence"] as const) {
    await operate(scope, simple(type));
  }
  expect(log).toEqual([
    "stored music_started - music",
    "own c1",
    "music c1",
    "stop music c1",
    "stored music_stopped -",
    "stored silence_started - silence",
    "own c1",
    "silence c1",
    "stop silence c1",
    "stored silence_stopped -",
  ]);
  await operate(scope, simple("hold"));
  await operate(scope, simple("start_music"));
  log.length = 0;
  await operate(scope, simple("stop_music"));
  await operate(scope, simple("stop_music"));
  expect(log).toEqual(["stored music_stopped - held"]);
});

test("what call control asks for lies over what the step wants, which is heard again when that is taken back", async () => {
  const { scope, operate, stepHears } = operationsOn();
  const asked = () => log.splice(0).filter((line) => !/^(stored|own)/.test(line));
  await stepHears(scope, "music");
  await operate(scope, simple("hold"));
  expect(asked()).toEqual(["music c1", "stop music c1", "hold c1"]);
  await stepHears(scope, "nothing");
  await operate(scope, simple("start_silence"));
  await stepHears(scope, "music");
  expect(asked()).toEqual([]);
  await operate(scope, simple("unhold"));
  expect(asked()).toEqual(["unhold c1", "silence c1"]);
  await operate(scope, simple("stop_music"));
  await operate(scope, simple("stop_silence"));
  expect(asked()).toEqual(["stop silence c1", "music c1"]);
  await stepHears(scope, "nothing");
  expect(asked()).toEqual(["stop music c1"]);
});

test("it is muted as long as either wants it, call control or the step", async () => {
  const { scope, operate, stepMutes } = operationsOn();
  const asked = () => log.splice(0).filter((line) => !line.startsWith("stored"));
  await operate(scope, { type: "mute", direction: "both" });
  await stepMutes(scope, true);
  await operate(scope, { type: "unmute", direction: "both" });
  expect(asked()).toEqual(["mute c1 both", "unmute c1 out"]);
  await operate(scope, { type: "mute", direction: "in" });
  await stepMutes(scope, false);
  expect(asked()).toEqual([]);
  await operate(scope, { type: "unmute", direction: "in" });
  expect(asked()).toEqual(["unmute c1 in"]);
});

test("what is said over a call is named after it; the answer does not wait for its end, the timeline tells it", async () => {
  const { scope, operate } = operationsOn();
  await operate(scope, { type: "talk", speech: { text: "hello", language: "en-US" } });
  expect(log).toEqual(["stored talk_over_started -", "play over c1 hello"]);
  const [[id, end] = []] = [...sound.sounding];
  expect(id).toBe(`${scope.call.id}.over.id1`);
  end?.();
  await eventually("the end", () => log.includes("stored talk_over_ended -"));
});

test.each([
  ["dialing", "unanswered"],
  ["ringing", "unanswered"],
  ["terminating", "ended"],
  ["canceling", "ended"],
  ["hangup", "ended"],
] as const)("a call that is %s is %s: nothing is done", async (status, state) => {
  const { scope, operate } = operationsOn({ status });
  const all: CallOperation[] = [simple("hold"), { type: "mute", direction: "in" }];
  for (const each of all) await expect(operate(scope, each)).rejects.toMatchObject({ name: "CallStateError", state });
  expect(log).toEqual([]);
});

test("a call that ends meanwhile, or whose channel is gone, has ended", async () => {
  const hold = () => Promise.reject(new TelephonyError("gone", "hold", "no such channel"));
  const gone = operationsOn({}, { hold });
  await expect(gone.operate(gone.scope, simple("hold"))).rejects.toMatchObject({ state: "ended" });
  const leaving = operationsOn();
  const { scope } = leaving;
  const startMusic = async () => {
    scope.left();
    scope.signal.throwIfAborted();
  };
  const { operate } = callOperations({
    sounds: createCallSounds({ ...sound, startMusic }),
    sound,
    speech,
    ids: { next: () => "x" },
    background: () => {},
  });
  await expect(operate(scope, simple("start_music"))).rejects.toMatchObject({ state: "ended" });
});

test("after a crash a call sounds again as its record says", async () => {
  const { scope, restore } = operationsOn({ mute_direction: "out", on_hold: true });
  await restore(scope);
  expect(log.splice(0)).toEqual(["mute c1 out", "own c1", "hold c1"]);
  const untouched = operationsOn({ mute_direction: "out", status: "ringing" });
  await untouched.restore(untouched.scope);
  expect(log).toEqual([]);
});

test("what the step wanted before a crash stays until the step has run again, and is taken back all the same", async () => {
  const { scope, restore, stepHears, stepMutes } = operationsOn();
  await restore(scope);
  expect(log).toEqual([]);
  await stepHears(scope, "nothing");
  await stepMutes(scope, false);
  expect(log).toEqual(["stop music c1", "stop ringing c1", "unmute c1 both"]);
});

test("what an earlier process says over a call is waited for, once; what serves it otherwise is none of ours", async () => {
  const { scope, adopt, operate } = operationsOn();
  const overlayId = `${scope.call.id}.over.earlier`;
  expect([adopt(scope, overlayId), adopt(scope, overlayId)]).toEqual([true, true]);
  expect(log).toEqual(["finish over c1"]);
  expect(adopt(scope, `${scope.call.id}.bridge`)).toBe(false);
  await operate(scope, { type: "talk", speech: { text: "hello", language: "en-US" } });
  expect(adopt(scope, `${scope.call.id}.over.id1`)).toBe(true);
  expect(log.filter((line) => line.startsWith("finish"))).toHaveLength(1);
});
