/** What becomes of a channel that comes from the dialplan. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { Call } from "../../src/model/call.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf, type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { startEngine } from "./one-call.ts";

let storage: Storage;
let telephony: FakeTelephony;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  telephony = fakeTelephony();
  const engine = await startEngine({ storage, telephony });
  return () => {
    engine.stop();
    return storage.close();
  };
});

const asked = (what: string) => eventually(what, () => telephony.asked.includes(what));
const calls = async (): Promise<readonly Call[]> =>
  (await storage.calls.list(storage.defaultCustomerId, { pageSize: 10 })).result;

test("a number that leads nowhere is refused as unallocated, and is on record", async () => {
  telephony.arrive("c1", "404");
  await asked("hangup c1 1");
  const call = await eventually("a record", async () => (await calls())[0]);
  expect(call).toMatchObject({
    status: "hangup",
    hangup_by: "local",
    hangup_reason: "failed",
    hangup_cause: 1,
    destination: { type: "tel", target: "404" },
  });
});

test("a channel that did not come from outside is none of ours", async () => {
  telephony.tell({ type: "channel_arrived", channel: { ...channelOf("x", "1"), arguments: [] } });
  await asked("hangup x 16");
});

test("a call of the doctor's is hung up, and leaves no trace", async () => {
  telephony.arrive("c1", "ringdown-doctor");
  await asked("hangup c1 16");
  expect(await calls()).toEqual([]);
});
