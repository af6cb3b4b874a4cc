/** What becomes of a channel that comes from the dialplan. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { createStrangers } from "../../src/engine/strangers.ts";
import type { Call } from "../../src/model/call.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { sampleNumber } from "../contract/storage-samples.ts";
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

test("of calls to numbers that nobody has all are refused, and no more than a hundred an hour are stored", async () => {
  const customer_id = storage.defaultCustomerId;
  await storage.numbers.create(sampleNumber("mine", { customer_id, call_flow_id: null }));
  for (let index = 0; index < 103; index += 1) telephony.arrive(`c${index}`, `${index}`);
  await asked("hangup c102 1");
  telephony.arrive("known", "mine");
  await asked("hangup known 1");
  const { result } = await eventually("the records", async () => {
    const page = await storage.calls.list(customer_id, { pageSize: 200 });
    return page.result.some(({ destination }) => destination.target === "mine") ? page : undefined;
  });
  expect(result).toHaveLength(101);
});

test("an hour later there is room for a hundred more, and each hour the log tells once that there is none", () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const warnings: unknown[] = [];
  const strangers = createStrangers({ now: () => nowMs }, { warn: (facts: unknown) => void warnings.push(facts) });
  const noted = () => Array.from({ length: 150 }, strangers.isWorthNoting).filter(Boolean).length;
  expect([noted(), noted()]).toEqual([100, 0]);
  nowMs += 3_600_000;
  expect(noted()).toBe(100);
  expect(warnings).toEqual([
    { stored: 100, until: "2026-01-01T01:00:00.000Z" },
    { stored: 100, until: "2026-01-01T02:00:00.000Z" },
  ]);
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
