/** A verdict about who answered is never lost. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { MachineDetected } from "../../src/ports/answering-machines.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { fakeAnsweringMachines } from "./fake-answering-machines.ts";
import { type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { arrive, runIn, startEngine } from "./one-call.ts";

const flow = [
  { id: "a", type: "answer", option: {} },
  { id: "m", type: "amd", option: { machine_handle: "continue" } },
  { id: "b", type: "beep", option: {} },
];
let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  telephony = fakeTelephony();
  return () => {
    engine.stop();
    return storage.close();
  };
});

const start = async (told: readonly MachineDetected[] = []): Promise<void> => {
  const machines = { ...fakeAnsweringMachines(telephony.asked), told: async () => told };
  engine = await startEngine({ storage, telephony, machines });
};
const listening = async (): Promise<MachineDetected> => {
  const asked = await eventually("a listener", () => telephony.asked.find((one) => one.startsWith("listen c1")));
  const verdict = { status: "HUMAN", cause: "HUMAN-800-800" } as const;
  return { type: "machine_detected", channelId: "c1", detectionId: asked.split(" ")[2] ?? "", verdict };
};
const goesOn = () => eventually("the next step", () => telephony.asked.includes("play c1 sound:beep"));
const detected = async () => {
  const timeline = await storage.timeline.ofCall((await runIn(storage)).reference_id ?? "");
  return timeline.filter(({ type }) => type === "machine_detected").map(({ data }) => data.status);
};

test("whoever listened is let go when the verdict is stored", async () => {
  await start();
  const stored: unknown[] = [];
  telephony.hangup = async (channelId) => {
    stored.push([channelId, (await runIn(storage)).variables["voipbin.call.amd.status"]]);
  };
  await arrive({ storage, telephony }, flow);
  const verdict = await listening();
  telephony.tell(verdict);
  await goesOn();
  await eventually("the end of the listener", () => stored.length > 0);
  expect(stored).toEqual([[verdict.detectionId, "HUMAN"]]);
});

test("a verdict that was told to a process that died is taken note of, once", async () => {
  await start();
  await arrive({ storage, telephony }, flow);
  const verdict = await listening();
  engine.stop();
  telephony.asked.length = 0;
  await start([verdict]);
  telephony.tell(verdict);
  telephony.becomeReachable();
  await goesOn();
  expect(telephony.asked.filter((one) => one.startsWith("listen"))).toEqual([]);
  expect(await detected()).toEqual(["HUMAN"]);
});
