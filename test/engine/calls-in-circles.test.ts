/** What the calls count that come out of one call, one after another; see hops.ts. */
import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf } from "./fake-telephony.ts";
import { BOB, connect, type Meeting, newMeeting, sip } from "./meeting.ts";
import { endedRunIn } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

const call = (destinations = 1): Action => ({
  id: crypto.randomUUID(),
  type: "call",
  option: { destinations: Array(destinations).fill(sip(BOB)), actions: [{ type: "answer" }] },
});
const key: Action = { id: "key", type: "digits_receive", option: { length: 1, duration: 60_000 } };

/** What the calls count that have been made, in the order in which they were. */
const counted = async () => {
  const calls = await meeting.storage.calls.live();
  const made = calls.filter(({ direction }) => direction === "outgoing");
  return made.toSorted((one, other) => one.hops - other.hops).map(({ hops }) => hops);
};
const countedSo = (expected: readonly number[]) =>
  eventually(`calls that count ${expected}`, async () => {
    const made = await counted();
    return made.length === expected.length && made.every((hops, index) => hops === expected[index]);
  });
/** The call comes out of others of ours. */
const comesOutOf = (hops: number): void => {
  const { telephony } = meeting.on;
  telephony.arrive = (id, dialled) => {
    const channel = { ...channelOf(id, dialled), arguments: ["inbound", String(hops)] };
    telephony.present.set(id, channel);
    telephony.tell({ type: "channel_arrived", channel });
  };
};

test("of calls that a run makes one after another each doubling counts like one more call, at once or not", async () => {
  await meeting.start();
  await meeting.arrive([call(), call(), call(2), call(), key]);
  await countedSo([1, 2, 3, 3, 4]);
});

test("the count goes on after a crash, and with it the run", async () => {
  const engine = await meeting.start();
  await meeting.arrive([call(), key, call(), key]);
  await countedSo([1]);
  await eventually(
    "the key's turn",
    async () => (await meeting.storage.activeflows.running())[0]?.position.calls === 1,
  );
  meeting.crash(engine);
  await meeting.start();
  meeting.on.telephony.becomeReachable();
  meeting.on.telephony.tell({ type: "digit_received", channelId: "c1", digit: "1" });
  await countedSo([1, 2]);
});

test("a call that eight of ours led to calls two more, and its timeline says why no third", async () => {
  await meeting.start();
  comesOutOf(8);
  await meeting.arrive([call(), call(), call()]);
  await countedSo([9, 10]);
  const { result } = await meeting.storage.calls.list(meeting.storage.defaultCustomerId, { pageSize: 10 });
  const caller = result.find(({ direction }) => direction === "incoming");
  const failures = async () =>
    (await meeting.timelineOf(caller?.id ?? null))
      .filter(({ type }) => type === "action_failed")
      .map(({ data }) => data);
  await eventually("the third call's turn", async () => (await failures()).length > 0);
  expect(await failures()).toEqual([expect.objectContaining({ error: "DialLoopError" })]);
});

test("it may connect as often as it likes, but whoever is connected counts more", async () => {
  await meeting.start();
  comesOutOf(8);
  await meeting.arrive([1, 2, 3, 4].map((count) => ({ ...connect([sip(BOB)]), id: `c${count}` })));
  const told: number[] = [];
  for (const channel of [1, 2, 3, 4]) {
    const dialled = await eventually(`connect ${channel}`, () => meeting.askedTo("dial ")[channel - 1]);
    const id = dialled.split(" ")[1] ?? "";
    told.push((await meeting.storage.calls.get(id))?.hops ?? 0);
    meeting.failed(id, 17);
  }
  expect(told).toEqual([9, 10, 11, 11]);
  expect(await endedRunIn(meeting.storage)).toMatchObject({ ended_reason: "finished" });
});

test("calls that are ordered from outside, and their runs, count as the first", async () => {
  const engine = await meeting.start();
  await engine.placeCalls({
    ...{ customerId: meeting.storage.defaultCustomerId, source: sip("x@h"), flowId: null, onCompleteFlowId: null },
    ...{ destinations: [sip(BOB), sip(BOB)], actions: [key], variables: {}, earlyExecution: false },
  });
  await countedSo([0, 0]);
});
