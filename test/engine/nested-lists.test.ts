/** Actions that run again after a list of their own, and lists that are interrupted, run by the whole engine. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { Engine } from "../../src/engine/engine.ts";
import { ListInterrupted } from "../../src/engine/run-signal.ts";
import type { Action } from "../../src/model/action.ts";
import type { ActiveflowChange } from "../../src/ports/activeflow-store.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf, type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { arrive as arriveOn, endedRunIn, leave, runIn, startEngine } from "./one-call.ts";
import { beep, catalogue, reasons, waiting } from "./waiting-actions.ts";

let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;
/** What the process that runs now stores; a killed one stores nothing more. */
let process: { alive: boolean; beforeSave: (change: ActiveflowChange) => Promise<void> };

beforeEach(async () => {
  reasons.length = 0;
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  await start();
  return () => {
    engine.stop();
    return storage.close();
  };
});

test("an action runs again after its list, with what it left for itself, and the flow goes on", async () => {
  await arrive([waiting([beep("w")]), beep("after")]);
  await played("beep");
  await played("talk");
  await played("beep");
  await asked("hangup c1 16");
  expect(await toldOf("action_ended")).toEqual(["hold: fork, then again", "beep: next", "hold: next", "beep: next"]);
  expect((await runIn(storage)).variables.runs).toBe("first again ");
});

test("an empty list leads straight to the second run", async () => {
  await arrive([waiting([])]);
  await played("talk");
});

test("an interrupted list ends at once: its sound is stopped before the action runs again", async () => {
  const interrupt = await arrive([waiting([beep("w"), beep("never")]), beep("after")]);
  await asked("play c1 sound:beep");
  expect(interrupt("k")).toBe(true);
  await asked("play c1 sound:talk");
  expect(telephony.asked).toEqual(["play c1 sound:beep", "stop playback", "play c1 sound:talk"]);
  await played("talk");
  await asked("play c1 sound:beep", 2);
  expect(await toldOf("action_ended")).toEqual(["hold: fork, then again", "beep: interrupted", "hold: next"]);
  const fact = (await timeline()).find(({ type }) => type === "list_interrupted");
  expect(fact?.data).toEqual({ action_id: "q", action: "hold", list: "k" });
});

test("so it does in lists within the list", async () => {
  const interrupt = await arrive([
    waiting([{ id: "n", type: "nest", option: { list: [beep("deep")] } }, beep("never")]),
  ]);
  await asked("play c1 sound:beep");
  expect(interrupt("k")).toBe(true);
  await played("talk");
  await asked("hangup c1 16");
  expect(telephony.asked.filter((one) => one === "play c1 sound:beep")).toHaveLength(1);
});

test("what an interrupted step holds is let go of", async () => {
  const interrupt = await arrive([waiting([{ id: "e", type: "echo", option: {} }])]);
  await asked("echo c1");
  expect(interrupt("k")).toBe(true);
  await asked("play c1 sound:talk");
  expect(telephony.asked.indexOf("stop echo")).toBeLessThan(telephony.asked.indexOf("play c1 sound:talk"));
});

test.each([
  ["a prompt", "play", beep("w"), "play c1 sound:beep", "stop playback"],
  ["an echo", "startEcho", { id: "e", type: "echo", option: {} }, "echo c1", "stop echo"],
] as const)("%s that the switch has yet to accept is stopped when it has", async (_, name, action, begins, ends) => {
  const accepted = Promise.withResolvers<void>();
  const begin: (...given: never[]) => Promise<void> = telephony[name];
  telephony[name] = async (...given: never[]) => {
    await begin(...given);
    const signal = z.instanceof(AbortSignal).parse(given.find((one: unknown) => one instanceof AbortSignal));
    signal.addEventListener("abort", () => accepted.reject(signal.reason));
    await accepted.promise;
    telephony.asked.push("accepted");
  };
  const interrupt = await arrive([waiting([action])]);
  await asked(begins);
  expect(interrupt("k")).toBe(true);
  accepted.resolve();
  await asked("play c1 sound:talk");
  const since = telephony.asked.slice(telephony.asked.indexOf(begins));
  expect(since.slice(0, 4)).toEqual([begins, "accepted", ends, "play c1 sound:talk"]);
});

test("what a step returns that was interrupted does not count; the reason of its signal tells why", async () => {
  const interrupt = await arrive([waiting([{ id: "d", type: "deaf", option: {} }, beep("never")])]);
  await eventually("the step", async () => (await toldOf("action_started")).includes("deaf"));
  expect(interrupt("k")).toBe(true);
  await asked("play c1 sound:talk");
  expect(reasons).toEqual([expect.any(ListInterrupted)]);
  expect(telephony.asked).not.toContain("play c1 sound:deaf");
  expect(await toldOf("action_ended")).toContain("deaf: interrupted");
});

test("a step that is being stored when its list is interrupted never begins", async () => {
  const interrupt = await arrive([waiting([beep("w1"), beep("w2")])]);
  await asked("play c1 sound:beep");
  const storing = Promise.withResolvers<void>();
  const stored = Promise.withResolvers<void>();
  process.beforeSave = async ({ position }) => {
    if (position?.steps !== 3) return;
    storing.resolve();
    await stored.promise;
  };
  finish();
  await storing.promise;
  expect(interrupt("k")).toBe(true);
  stored.resolve();
  await asked("play c1 sound:talk");
  expect(telephony.asked).toEqual(["play c1 sound:beep", "play c1 sound:talk"]);
  expect(await toldOf("action_ended")).toEqual(["hold: fork, then again", "beep: next", "beep: interrupted"]);
});

/** The end of the nested step travels through the engine, some ticks at a time. */
test.each(Array.from({ length: 12 }, (_, ticks) => ticks))(
  "interrupted %i ticks after its last step has ended",
  async (ticks) => {
    const interrupt = await arrive([waiting([beep("w")])]);
    await asked("play c1 sound:beep");
    finish();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    const heard = interrupt("k");
    expect(interrupt("k")).toBe(false);
    await played("talk");
    await asked("hangup c1 16");
    expect((await runIn(storage)).variables.runs).toBe("first again ");
    expect(await toldOf("list_interrupted")).toHaveLength(heard ? 1 : 0);
    expect(telephony.asked.filter((one) => one.startsWith("play"))).toEqual([
      "play c1 sound:beep",
      "play c1 sound:talk",
    ]);
  },
);

test("nothing is interrupted but the list of that name, and that once", async () => {
  const interrupt = await arrive([beep("before"), waiting([beep("w")]), beep("after")]);
  await asked("play c1 sound:beep");
  expect(interrupt("k")).toBe(false);
  await played("beep");
  await asked("play c1 sound:beep", 2);
  expect(interrupt("other")).toBe(false);
  expect(engine.interrupt("no such call", "k")).toBe(false);
  expect(interrupt("k")).toBe(true);
  expect(interrupt("k")).toBe(false);
  await asked("play c1 sound:talk");
  expect(interrupt("k")).toBe(false);
  await played("talk");
  await asked("play c1 sound:beep", 3);
  expect(interrupt("k")).toBe(false);
  await played("beep");
  await asked("hangup c1 16");
  expect(interrupt("k")).toBe(false);
});

test("an inner list and the one around it may be interrupted at the same instant", async () => {
  const inner = { ...waiting([beep("w")], "inner"), id: "i" };
  const interrupt = await arrive([waiting([inner, beep("never")])]);
  await asked("play c1 sound:beep");
  expect([interrupt("inner"), interrupt("inner"), interrupt("k"), interrupt("k")]).toEqual([true, false, true, false]);
  await played("talk");
  await asked("hangup c1 16");
  expect((await runIn(storage)).variables.runs).toBe("first first again ");
});

test("a list that is forked again is interrupted again", async () => {
  const again = { id: "g", type: "goto", option: { target_id: "q", loop_count: 1 } };
  const interrupt = await arrive([waiting([beep("w")]), again]);
  for (const round of [1, 2]) {
    await asked("play c1 sound:beep", round);
    expect(interrupt("k")).toBe(true);
    await played("talk");
  }
  await asked("hangup c1 16");
  expect((await runIn(storage)).variables.runs).toBe("first again first again ");
});

test.each([
  ["before", (hangUp: () => void, interrupt: () => boolean) => [hangUp(), interrupt()][1]],
  ["after", (hangUp: () => void, interrupt: () => boolean) => [interrupt(), hangUp()][0]],
] as const)("a caller who hangs up right %s the interruption has hung up", async (when, both) => {
  const interrupt = await arrive([waiting([beep("w")])]);
  await asked("play c1 sound:beep");
  expect(
    both(
      () => leave(telephony),
      () => interrupt("k"),
    ),
  ).toBe(when === "after");
  expect((await endedRunIn(storage)).ended_reason).toBe("hangup");
  expect(telephony.asked).toEqual(["play c1 sound:beep"]);
  expect(interrupt("k")).toBe(false);
});

test("a run that has ended in the list is not interrupted while its call is being hung up", async () => {
  telephony.hangup = async (channelId) => void telephony.asked.push(`hangup ${channelId}`);
  const interrupt = await arrive([waiting([{ id: "h", type: "hangup", option: {} }])]);
  await asked("hangup c1");
  expect(interrupt("k")).toBe(false);
  leave(telephony);
  expect((await endedRunIn(storage)).ended_reason).toBe("stopped");
});

test("a run that is stopped is not interrupted any more; its sound is stopped, then its call hung up", async () => {
  const interrupt = await arrive([waiting([beep("w")])]);
  await asked("play c1 sound:beep");
  await engine.stopActiveflow((await runIn(storage)).id);
  expect(interrupt("k")).toBe(false);
  expect((await endedRunIn(storage)).ended_reason).toBe("stopped");
  await asked("hangup c1 16");
  expect(telephony.asked).toEqual(["play c1 sound:beep", "stop playback", "hangup c1 16"]);
});

test("killed in the list, the action still runs again", async () => {
  await arrive([waiting([beep("w1"), beep("w2")]), beep("after")]);
  await asked("play c1 sound:beep");
  await restart();
  telephony.becomeReachable();
  for (const name of ["beep", "beep", "talk", "beep"]) await played(name);
  await asked("hangup c1 16");
  expect((await runIn(storage)).variables.runs).toBe("first again ");
});

test("killed while the action runs again, it runs again as it did", async () => {
  await arrive([waiting([]), beep("after")]);
  await asked("play c1 sound:talk");
  await restart();
  telephony.becomeReachable();
  await played("talk");
  await played("beep");
  await asked("hangup c1 16");
  expect(await toldOf("action_ended")).toEqual(["hold: fork, then again", "hold: next", "beep: next"]);
});

test("killed before an interruption was stored, the list goes on, and who asks again is heard", async () => {
  const interrupt = await arrive([waiting([beep("w")])]);
  await asked("play c1 sound:beep");
  process.alive = false;
  expect(interrupt("k")).toBe(true);
  await restart();
  telephony.becomeReachable();
  await asked("play c1 sound:beep");
  expect(interrupt("k")).toBe(true);
  await played("talk");
});

test("interrupted before the switch is back, a list ends as it is back, and what it played is stopped", async () => {
  const interrupt = await arrive([waiting([{ id: "s", type: "speak", option: {} }])]);
  await asked("play c1 sound:speech");
  const [playbackId = ""] = telephony.playing;
  telephony.tell({ type: "playback_started", channelId: "c1", playbackId });
  await eventually("the memo", async () => Object.keys((await runIn(storage)).position.step?.memo ?? {}).length > 0);
  await restart();
  telephony.playing.add(playbackId);
  expect(interrupt("k")).toBe(true);
  telephony.becomeReachable();
  await asked("play c1 sound:talk");
  expect(telephony.asked).toEqual(["stop playback", "play c1 sound:talk"]);
});

test("an echo of before is ended, not begun again, when its list was interrupted before the switch is back", async () => {
  const interrupt = await arrive([
    { id: "a", type: "answer", option: {} },
    waiting([{ id: "e", type: "echo", option: {} }]),
  ]);
  await asked("echo c1");
  await restart();
  expect(interrupt("k")).toBe(true);
  telephony.becomeReachable();
  await asked("play c1 sound:talk");
  expect(telephony.asked).toEqual(["stop echo", "play c1 sound:talk"]);
});

/** The call comes in and runs this flow; gives what interrupts its lists. */
async function arrive(list: readonly Action[]): Promise<(name: string) => boolean> {
  const { reference_id } = await arriveOn({ storage, telephony }, list);
  return (name) => engine.interrupt(reference_id ?? "", name);
}

async function start(): Promise<void> {
  const own: typeof process = { alive: true, beforeSave: async () => {} };
  const { activeflows } = storage;
  const save: typeof activeflows.save = async (id, change, facts) => {
    await own.beforeSave(change);
    return own.alive ? activeflows.save(id, change, facts) : new Promise<void>(() => {});
  };
  process = own;
  telephony = fakeTelephony();
  const stored = { ...storage, activeflows: { ...activeflows, save } };
  engine = await startEngine({ storage: stored, telephony, catalogue });
}

/** Kills the process and starts another, for a switch that has the call and is not reachable yet. */
async function restart(): Promise<void> {
  process.alive = false;
  engine.stop();
  await start();
  telephony.present.set("c1", channelOf("c1", "1"));
}

const asked = (what: string, times = 1) =>
  eventually(`${what} for the ${times}. time`, () => telephony.asked.filter((one) => one === what).length >= times);

/** Waits for a sound, and lets it come to its end. */
async function played(name: string): Promise<void> {
  await eventually(
    `the sound ${name}`,
    () => telephony.asked.at(-1) === `play c1 sound:${name}` && telephony.playing.size > 0,
  );
  finish();
}

function finish(): void {
  const [playbackId = ""] = telephony.playing;
  telephony.playing.delete(playbackId);
  telephony.tell({ type: "playback_ended", channelId: "c1", playbackId, failed: false });
}

const timeline = async () => storage.timeline.ofCall((await runIn(storage)).reference_id ?? "");

/** What the timeline tells of this kind: action, and outcome if there is one. */
const toldOf = async (kind: string) =>
  (await timeline()).flatMap(({ type, data: { action, outcome } }) =>
    type === kind ? [[action, outcome].filter((part) => part !== undefined).join(": ")] : [],
  );
