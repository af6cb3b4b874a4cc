/** What a new process finds of calls that meet, and what it does about it. */
import { beforeEach, expect, test } from "vitest";
import type { Storage } from "../../src/ports/storage.ts";
import { sampleTrunk } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { BOB, connect, EVE, type Meeting, newMeeting, orderOf, sip } from "./meeting.ts";
import { endedRunIn } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

const resume = async (options?: Parameters<Meeting["start"]>[0]): Promise<void> => {
  await meeting.start(options);
  meeting.on.telephony.becomeReachable();
};
const ringing = (channelId: string) => meeting.on.telephony.tell({ type: "channel_ringing", channelId });
const stored = (callId: string, status: string) =>
  eventually(`${status} on record`, async () => (await meeting.storage.calls.get(callId))?.status === status);

test("it finds who talks: nobody is dialled again, and nobody hears a ring tone", async () => {
  const first = await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  await meeting.asked(/^join /);
  meeting.crash(first);
  await resume();
  await meeting.asked(/^open /);
  for (const what of ["dial ", "hangup ", "ring "]) expect(meeting.askedTo(what)).toEqual([]);
  // The crash may have come just before.
  await meeting.asked("stop ringing c1");
  meeting.failed(bob, 16);
  expect(await endedRunIn(meeting.storage)).toMatchObject({ ended_reason: "finished" });
});

test("who was answered in the very instant of the crash talks with who answered", async () => {
  const first = await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.crash(first);
  const channel = meeting.on.telephony.present.get(bob);
  if (channel) meeting.on.telephony.present.set(bob, { ...channel, state: "up" });
  await resume();
  await meeting.asked(new RegExp(`^join \\S+ ${bob}$`));
});

test("who rings for a caller that hung up meanwhile is taken back, and not dialled again", async () => {
  const first = await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  ringing(bob);
  await stored(bob, "ringing");
  meeting.crash(first);
  meeting.on.telephony.present.delete("c1");
  await resume();
  await meeting.asked(`hangup ${bob} 16`);
  expect(meeting.askedTo("dial ")).toEqual([]);
  await eventually("the group's end", async () => (await meeting.group()).status === "hangup");
});

test("the bridge of a caller who hung up meanwhile goes, also while the end of its run has yet to be stored", async () => {
  const first = await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  const bridge = (await meeting.asked(/^join /)).split(" ")[1] ?? "";
  meeting.crash(first);
  for (const gone of ["c1", bob]) meeting.on.telephony.present.delete(gone);
  meeting.on.telephony.serving.push(bridge);
  const save: Storage["activeflows"]["save"] = (...change) =>
    change[1].status === "ended" ? new Promise(() => {}) : meeting.storage.activeflows.save(...change);
  await resume({ from: { ...meeting.storage, activeflows: { ...meeting.storage.activeflows, save } } });
  await meeting.asked(`dismiss ${bridge}`);
});

test("why nobody answered is known also when the crash came before the flow could go on", async () => {
  const first = await meeting.start();
  await meeting.arrive([connect([sip(BOB), sip(EVE)])]);
  meeting.failed(await meeting.dialled(EVE), 34);
  const bob = await meeting.dialled(BOB);
  const { id, answer_call_id } = await meeting.group();
  meeting.crash(first);
  await stored(bob, "dialing");
  // What the old process stored just before its end, and no more.
  const call = await meeting.storage.calls.get(bob);
  if (!call) throw new Error("no call");
  await meeting.storage.calls.save({ ...call, status: "hangup", hangup_reason: "busy", hangup_cause: 17 }, []);
  await meeting.storage.groupcalls.save(id, { status: "hangingup", answer_call_id });
  await resume();
  const { variables } = await endedRunIn(meeting.storage);
  expect(variables["voipbin.connect.status"]).toBe("busy");
});

test("a call that was being hung up is hung up, with its cause", async () => {
  const first = await meeting.start();
  const { calls } = await first.placeCalls(orderOf(meeting.storage, [sip(BOB)]));
  const bob = await meeting.dialled(BOB);
  ringing(bob);
  await stored(bob, "ringing");
  meeting.crash(first);
  const call = await meeting.storage.calls.get(calls[0]?.id ?? "");
  if (!call) throw new Error("no call");
  const changed = { status: "canceling", hangup_by: "local", hangup_reason: "busy", hangup_cause: 17 } as const;
  await meeting.storage.calls.save({ ...call, ...changed }, []);
  await resume();
  await meeting.asked(`hangup ${bob} 17`);
});

test("a group that was being hung up is hung up", async () => {
  const first = await meeting.start();
  const order = { ...orderOf(meeting.storage, [sip(BOB), sip(EVE)]), ringMethod: "ring_all" } as const;
  const { id } = await first.placeGroupcall(order);
  const [bob, eve] = [await meeting.dialled(BOB), await meeting.dialled(EVE)];
  meeting.crash(first);
  await meeting.storage.groupcalls.save(id, { status: "hangingup" });
  await resume();
  await Promise.all([bob, eve].map((channel) => meeting.asked(`hangup ${channel} 16`)));
  await eventually("the group's end", async () => (await meeting.group()).status === "hangup");
});

test("calls that ring already keep their places in a trunk, whatever its limits", async () => {
  const { storage } = meeting;
  const limits = { max_calls: 2, max_calls_per_second: null };
  const trunk = sampleTrunk({ customer_id: storage.defaultCustomerId, prefixes: ["+49"], ...limits });
  await storage.trunks.create(trunk);
  const numbers = ["+491", "+492"];
  const allowedNumbers = ["+"];
  const first = await meeting.start({ allowedNumbers });
  const tel = (target: string) => ({ type: "tel", target }) as const;
  await first.placeCalls(orderOf(storage, numbers.map(tel)));
  const channels = await Promise.all(numbers.map((number) => meeting.dialled(`${number}@${trunk.id}`)));
  channels.forEach(ringing);
  await Promise.all(channels.map((channel) => stored(channel, "ringing")));
  meeting.crash(first);
  await storage.trunks.update(trunk.id, { max_calls: 1 });
  const second = await meeting.start({ allowedNumbers });
  meeting.on.telephony.becomeReachable();
  const { calls } = await second.placeCalls(orderOf(storage, [tel("+493")]));
  await stored(calls[0]?.id ?? "", "hangup");
  for (const channel of channels) expect(await storage.calls.get(channel)).toMatchObject({ status: "ringing" });
});
