import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Call } from "../../src/model/call.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { arrive, leave, startEngine } from "./one-call.ts";

let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  telephony = fakeTelephony();
  engine = await startEngine({ storage, telephony });
});
afterEach(async () => {
  engine.stop();
  await storage.close();
});

const asked = (what: string) => eventually(what, () => telephony.asked.includes(what));
const theCall = async (): Promise<Call> => {
  const [call] = (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result;
  if (!call) throw new Error("no call");
  return call;
};

/** A call that has been answered and sleeps. */
async function answered(): Promise<Call> {
  await arrive({ storage, telephony }, [
    { id: "a", type: "answer", option: {} },
    { id: "s", type: "sleep", option: { duration: 60_000 } },
  ]);
  await asked("answer c1");
  return eventually("an answered call", async () => {
    const call = await theCall();
    return call.status === "progressing" ? call : undefined;
  });
}

/** Another process takes over; Asterisk has these servants. */
async function restart(...serving: readonly string[]): Promise<void> {
  engine.stop();
  const { present } = telephony;
  telephony = fakeTelephony();
  for (const [id, channel] of present) telephony.present.set(id, { ...channel, state: "up" });
  telephony.serving.push(...serving);
  engine = await startEngine({ storage, telephony });
  telephony.becomeReachable();
}

test("a call that is muted and on hold is so after a restart, and its record says so", async () => {
  const { id } = await answered();
  await engine.operateCall(id, { type: "mute", direction: "in" });
  await engine.operateCall(id, { type: "hold" });
  expect(await theCall()).toMatchObject({ mute_direction: "in", on_hold: true });
  await restart();
  await asked("mute c1 in");
  await asked("hold c1");
  expect(await engine.operateCall(id, { type: "unmute", direction: "both" })).toMatchObject({ mute_direction: "" });
});

test("what was being said over a call when the process died is heard to its end", async () => {
  const { id } = await answered();
  await restart(`${id}.over.earlier`);
  await asked("finish over c1");
  expect(telephony.asked.filter((line) => line.startsWith("dismiss"))).toEqual([]);
});

test("what was said over a call that is over is dismissed", async () => {
  const { id } = await answered();
  leave(telephony);
  await eventually("the end", async () => (await theCall()).status === "hangup");
  await restart(`${id}.over.earlier`);
  await asked(`dismiss ${id}.over.earlier`);
});

test("a call that nobody knows any more has ended", async () => {
  await expect(engine.operateCall("nobody", { type: "hold" })).rejects.toMatchObject({ state: "ended" });
});
