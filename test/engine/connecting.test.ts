/** Calls that meet, decided on a switch that does what the test says: who wins, and what a restart finds. */
import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { Address } from "../../src/model/address.ts";
import type { Groupcall } from "../../src/model/groupcall.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { sampleTrunk } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { fakeSwitch } from "./fake-switch.ts";
import { arrive, endedRunIn, leave, startEngine } from "./one-call.ts";

let storage: Storage;
let on: ReturnType<typeof fakeSwitch>;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: { error() {}, warn() {}, info() {} }, clock });
  on = fakeSwitch();
});

const [BOB, EVE] = ["sip:bob@127.0.0.9", "sip:eve@127.0.0.9"];
const sip = (target: string): Address => ({ type: "sip", target });
const connect = (destinations: readonly Address[], option: object = {}): Action => ({
  id: "c",
  type: "connect",
  option: { destinations, ...option },
});
const start = (allowedNumbers: readonly string[] = []) => startEngine({ ...on, storage, allowedNumbers });

/** The channel that rings this target, once it is dialled. */
const dialled = (target: string): Promise<string> =>
  eventually(`${target} rings`, () => {
    const asked = on.telephony.asked.find((one) => one.startsWith("dial ") && one.endsWith(` ${target}`));
    return asked?.split(" ")[1];
  });
const answered = (channelId: string): void => on.telephony.tell({ type: "channel_answered", channelId });
const asked = (what: string) => eventually(what, () => on.telephony.asked.includes(what));
const failed = (channelId: string, cause: number): void => {
  on.telephony.present.delete(channelId);
  on.telephony.tell({ type: "channel_left", channelId, cause });
};
const theGroup = (): Promise<Groupcall> =>
  eventually(
    "a group",
    async () => (await storage.groupcalls.list(storage.defaultCustomerId, { pageSize: 1 })).result[0],
  );

test("of two who answer in the same instant one talks, the other is hung up as answered elsewhere", async () => {
  await start();
  await arrive({ storage, ...on }, [connect([sip(BOB), sip(EVE)])]);
  const [bob, eve] = [await dialled(BOB), await dialled(EVE)];
  answered(bob);
  answered(eve);
  await asked(`hangup ${eve} 26`);
  const joined = await eventually("a bridge", () => on.telephony.asked.find((one) => one.startsWith("join ")));
  expect(joined).toMatch(new RegExp(` c1\\+${bob}$`));
  expect(await theGroup()).toMatchObject({ answer_call_id: bob, status: "progressing" });
  leave(on.telephony);
  await asked(`hangup ${bob} 16`);
  await eventually("the group's end", async () => (await theGroup()).status === "hangup");
});

test("who answers in the instant in which the caller hangs up is hung up", async () => {
  await start();
  await arrive({ storage, ...on }, [connect([sip(BOB)])]);
  const bob = await dialled(BOB);
  leave(on.telephony);
  answered(bob);
  await asked(`hangup ${bob} 16`);
  expect(on.telephony.asked.filter((one) => one.startsWith("join "))).toEqual([]);
  expect(await endedRunIn(storage)).toMatchObject({ ended_reason: "hangup" });
});

test("an answer that comes after a call was taken back counts for nothing", async () => {
  await start();
  await arrive({ storage, ...on }, [connect([sip(BOB), sip(EVE)])]);
  const [bob, eve] = [await dialled(BOB), await dialled(EVE)];
  answered(bob);
  await asked(`hangup ${eve} 26`);
  answered(eve);
  expect(await theGroup()).toMatchObject({ answer_call_id: bob });
});

test.each([
  [[17, 19], "busy"],
  [[19, 21], "noanswer"],
  [[34, 19], "noanswer"],
  [[34, 1], "failed"],
])("of causes %j the caller is told %s", async (causes, status) => {
  await start();
  await arrive({ storage, ...on }, [connect([sip(BOB), sip(EVE)])]);
  for (const [index, target] of [BOB, EVE].entries()) failed(await dialled(target), causes[index] ?? 0);
  const { variables } = await endedRunIn(storage);
  expect(variables["voipbin.connect.status"]).toBe(status);
});

test("a new process finds who talks, and dials nobody again", async () => {
  const first = await start();
  await arrive({ storage, ...on }, [connect([sip(BOB)])]);
  const bob = await dialled(BOB);
  answered(bob);
  await eventually("the bridge", () => on.bridges.present.size === 1);
  first.stop();
  on.telephony.asked.length = 0;
  await start();
  on.telephony.becomeReachable();
  await eventually("the bridge again", () => on.telephony.asked.some((one) => one.startsWith("open ")));
  expect(on.telephony.asked.filter((one) => /^(dial|hangup)/.test(one))).toEqual([]);
  failed(bob, 16);
  expect(await endedRunIn(storage)).toMatchObject({ ended_reason: "finished" });
});

test("who rings for a caller that hung up while nobody was there is taken back", async () => {
  const first = await start();
  await arrive({ storage, ...on }, [connect([sip(BOB)])]);
  const bob = await dialled(BOB);
  first.stop();
  on.telephony.present.delete("c1");
  await start();
  on.telephony.becomeReachable();
  await eventually("the hangup", () => on.telephony.asked.some((one) => one.startsWith(`hangup ${bob}`)));
});

test("a trunk that can't be reached is followed by the next, one that says busy is not", async () => {
  const common = { customer_id: storage.defaultCustomerId, prefixes: ["+49"] };
  const [best, other] = [sampleTrunk({ ...common, priority: 1 }), sampleTrunk({ ...common, priority: 2 })];
  for (const trunk of [best, other]) await storage.trunks.create(trunk);
  await start(["+49"]);
  await arrive({ storage, ...on }, [connect([{ type: "tel", target: "+4930123456" }])]);
  failed(await dialled(`+4930123456@${best.id}`), 34);
  failed(await dialled(`+4930123456@${other.id}`), 17);
  const { variables } = await endedRunIn(storage);
  expect(variables["voipbin.connect.status"]).toBe("busy");
});

test.each([
  ["+4930123456", ["+1"], "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number"],
  ["+4930123456", ["+"], "no trunk leads to this number"],
  ["0301234", ["+"], "a telephone number is written like +4930123456"],
])("%s with %j allowed is not dialled, and the timeline says why", async (target, allowed, why) => {
  await start(allowed);
  const { reference_id } = await arrive({ storage, ...on }, [connect([{ type: "tel", target }])]);
  await endedRunIn(storage);
  const timeline = await storage.timeline.ofCall(reference_id ?? "");
  expect(timeline.find(({ type }) => type === "leg_failed")?.data).toMatchObject({ destination: "tel", why });
  expect(on.telephony.asked.filter((one) => one.startsWith("dial "))).toEqual([]);
});

test("a linear group rings one after the other", async () => {
  const engine = await start();
  const placed = engine.placeGroupcall({
    customerId: storage.defaultCustomerId,
    source: sip("x@h"),
    destinations: [sip(BOB), sip(EVE)],
    ringMethod: "linear",
    flowId: null,
    actions: [{ id: "b", type: "beep", option: {} }],
    onCompleteFlowId: null,
    variables: {},
    earlyExecution: false,
  });
  expect(await placed).toMatchObject({ status: "progressing", ring_method: "linear" });
  const bob = await dialled(BOB);
  expect(on.telephony.asked.some((one) => one.endsWith(EVE))).toBe(false);
  failed(bob, 17);
  const eve = await dialled(EVE);
  answered(eve);
  await asked(`play ${eve} sound:beep`);
});
