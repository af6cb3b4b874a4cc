/** Why a run has ended whose call has ended. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf, type FakeTelephony, fakeTelephony } from "./fake-telephony.ts";
import { arrive, endedRunIn, leave, startEngine } from "./one-call.ts";

const sleep = { id: "s", type: "sleep", option: { duration: 60_000 } };
const beep = { id: "b", type: "beep", option: {} };
let storage: Storage;
let telephony: FakeTelephony;
let engine: Engine;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  await start();
  return () => {
    engine.stop();
    return storage.close();
  };
});

test("a caller who is gone when the switch is compared, with no news, is lost", async () => {
  await arrive({ storage, telephony }, [sleep]);
  telephony.present.clear();
  telephony.becomeReachable();
  expect((await endedRunIn(storage)).ended_reason).toBe("lost");
});

test("a call that the switch refuses as unknown, with no news of its hangup, is lost", async () => {
  telephony.play = () => Promise.reject(new TelephonyError("gone", "play", "no such channel"));
  await arrive({ storage, telephony }, [beep]);
  expect((await endedRunIn(storage)).ended_reason).toBe("lost");
});

test("one whose hangup is heard of after the refusal has hung up", async () => {
  telephony.play = async (channelId) => {
    telephony.asked.push(`refused ${channelId}`);
    throw new TelephonyError("gone", "play", "no such channel");
  };
  await arrive({ storage, telephony }, [beep]);
  await asked("refused c1");
  leave(telephony);
  expect((await endedRunIn(storage)).ended_reason).toBe("hangup");
});

test("one that is gone after we have hung it up has been hung up", async () => {
  telephony.hangup = async (channelId) => void telephony.present.delete(channelId);
  const { reference_id } = await arrive({ storage, telephony }, [sleep]);
  const hungUp = engine.hangupCall(reference_id ?? "");
  await eventually("our hangup", () => telephony.present.size === 0);
  telephony.becomeReachable();
  expect((await endedRunIn(storage)).ended_reason).toBe("hangup");
  await hungUp;
});

test("one that lasts too long ends by its time limit", async () => {
  await restart(50);
  await arrive({ storage, telephony }, [sleep]);
  await expectTimeUp();
});

test("so does one that the process had asked to hang up when it died", async () => {
  await restart(50);
  telephony.hangup = async (channelId, cause) => void telephony.asked.push(`hangup ${channelId} ${cause}`);
  await arrive({ storage, telephony }, [sleep]);
  await asked("hangup c1 16");
  await restart(50);
  telephony.present.set("c1", channelOf("c1", "1"));
  telephony.becomeReachable();
  await expectTimeUp();
});

async function expectTimeUp(): Promise<void> {
  expect((await endedRunIn(storage)).ended_reason).toBe("duration_limit");
  const [call] = (await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 })).result;
  expect(call).toMatchObject({ status: "hangup", hangup_by: "local", hangup_reason: "timeout", hangup_cause: 16 });
}

async function start(maxCallMs?: number): Promise<void> {
  telephony = fakeTelephony();
  engine = await startEngine({ storage, telephony, maxCallMs });
}

async function restart(maxCallMs: number): Promise<void> {
  engine.stop();
  await start(maxCallMs);
}

const asked = (what: string) => eventually(what, () => telephony.asked.includes(what));
