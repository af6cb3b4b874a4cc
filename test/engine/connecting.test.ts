/** Calls that meet, decided on a switch that does what the test says: who wins, and who is told what. */
import { beforeEach, expect, test } from "vitest";
import { createTrunkLimits } from "../../src/engine/dialing/trunk-limits.ts";
import { createTrunkSlots } from "../../src/engine/dialing/trunk-slots.ts";
import { sampleTrunk } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { BOB, connect, EVE, type Meeting, newMeeting, orderOf, sip } from "./meeting.ts";
import { endedRunIn, leave } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

test("of two who answer in the same instant one talks, the other is hung up as answered elsewhere", async () => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB), sip(EVE)])]);
  const [bob, eve] = [await meeting.dialled(BOB), await meeting.dialled(EVE)];
  meeting.answered(bob);
  meeting.answered(eve);
  await meeting.asked(`hangup ${eve} 26`);
  await meeting.asked(new RegExp(`^join \\S+ ${bob}$`));
  expect(await meeting.group()).toMatchObject({ answer_call_id: bob, status: "progressing" });
  leave(meeting.on.telephony);
  await meeting.asked(`hangup ${bob} 16`);
  await eventually("the group's end", async () => (await meeting.group()).status === "hangup");
});

test("who answers is put through at once: the bridge is open by then, and no request waits for another", async () => {
  const { telephony, sound } = meeting.on;
  const onceJoined = async () => void (await meeting.asked(/^join \S+ (?!c1)/));
  telephony.answer = onceJoined;
  sound.stopRinging = onceJoined;
  await meeting.start();
  const { reference_id } = await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  await meeting.asked(/^join \S+ c1$/);
  meeting.answered(bob);
  await meeting.asked(new RegExp(`^join \\S+ ${bob}$`));
  const answered = async () => (await meeting.storage.calls.get(reference_id ?? ""))?.status === "progressing";
  await eventually("the caller's answer", answered);
});

test.each([
  ["not been answered", [], ["answer c1"], []],
  ["been answered", [{ id: "a", type: "answer", option: {} }], [], ["stop ringing c1"]],
])(
  "in the very turn of the answer all goes out that two wait for, for a caller who has %s",
  async (_, flow, answer, stop) => {
    await meeting.start();
    await meeting.arrive([...flow, connect([sip(BOB)])]);
    const bob = await meeting.dialled(BOB);
    const join = await meeting.asked(/^join \S+ c1$/);
    await meeting.asked("ring c1");
    const { asked } = meeting.on.telephony;
    const before = asked.length;
    meeting.answered(bob);
    expect(asked.slice(before)).toEqual([join.replace(/c1$/, bob), ...answer, ...stop]);
    leave(meeting.on.telephony);
    await endedRunIn(meeting.storage);
    expect(meeting.askedTo("stop ringing")).toEqual(stop);
  },
);

test("two who are to pass the core by meet when both are up", async () => {
  const answering = Promise.withResolvers<void>();
  meeting.on.telephony.answer = () => answering.promise;
  await meeting.start();
  await meeting.arrive([connect([sip(BOB)], { collect_digits: false })]);
  const bob = await meeting.dialled(BOB);
  await meeting.asked("ring c1");
  meeting.answered(bob);
  expect(meeting.askedTo("join ").filter((join) => join.endsWith(bob))).toEqual([]);
  answering.resolve();
  await meeting.asked(new RegExp(`^join \\S+ ${bob}$`));
});

test.each([
  [false, ["own c1", "hold c1", "own c1"]],
  [true, ["own c1", "hold c1"]],
])("a call on hold before it is connected stays so (collect_digits: %s)", async (collect_digits, expected) => {
  const engine = await meeting.start();
  const { reference_id } = await meeting.arrive([
    { id: "a", type: "answer", option: {} },
    { id: "s", type: "sleep", option: { duration: 300 } },
    connect([sip(BOB)], { collect_digits }),
  ]);
  await meeting.asked("answer c1");
  const isUp = async () => (await meeting.storage.calls.get(reference_id ?? ""))?.status === "progressing";
  await eventually("the caller's answer", isUp);
  await engine.operateCall(reference_id ?? "", { type: "hold" });
  const bob = await meeting.dialled(BOB);
  meeting.answered(bob);
  await meeting.asked(new RegExp(`^join \\S+ ${bob}$`));
  expect(meeting.on.telephony.asked.filter((one) => /^(own|hold) /.test(one))).toEqual(expected);
});

test("who answers in the instant in which the caller hangs up is hung up", async () => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  leave(meeting.on.telephony);
  meeting.answered(bob);
  await meeting.asked(`hangup ${bob} 16`);
  expect(meeting.askedTo("join ").filter((join) => join.endsWith(bob))).toEqual([]);
  expect(await endedRunIn(meeting.storage)).toMatchObject({ ended_reason: "hangup" });
});

test("an answer that comes after a call was taken back counts for nothing", async () => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB), sip(EVE)])]);
  const [bob, eve] = [await meeting.dialled(BOB), await meeting.dialled(EVE)];
  meeting.answered(bob);
  await meeting.asked(`hangup ${eve} 26`);
  meeting.answered(eve);
  expect(await meeting.group()).toMatchObject({ answer_call_id: bob });
});

test.each([
  [[17, 19], "busy"],
  [[19, 21], "noanswer"],
  [[34, 19], "noanswer"],
  [[34, 1], "failed"],
])("of causes %j the caller is told %s", async (causes, status) => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB), sip(EVE)])]);
  for (const [index, target] of [BOB, EVE].entries()) meeting.failed(await meeting.dialled(target), causes[index] ?? 0);
  const { variables } = await endedRunIn(meeting.storage);
  expect(variables["voipbin.connect.status"]).toBe(status);
});

test("a trunk that can't be reached is followed by the next, one that says busy is not", async () => {
  const common = { customer_id: meeting.storage.defaultCustomerId, prefixes: ["+49"] };
  const [best, other] = [sampleTrunk({ ...common, priority: 1 }), sampleTrunk({ ...common, priority: 2 })];
  for (const trunk of [best, other]) await meeting.storage.trunks.create(trunk);
  await meeting.start({ allowedNumbers: ["+49"] });
  await meeting.arrive([connect([{ type: "tel", target: "+4930123456" }])]);
  meeting.failed(await meeting.dialled(`+4930123456@${best.id}`), 34);
  meeting.failed(await meeting.dialled(`+4930123456@${other.id}`), 17);
  const { variables } = await endedRunIn(meeting.storage);
  expect(variables["voipbin.connect.status"]).toBe("busy");
});

test.each([
  ["+4930123456", ["+1"], "RINGDOWN_OUTBOUND_ALLOW has no prefix of this number: add one, and start again"],
  [
    "+4930123456",
    ["+"],
    "no trunk leads to this number: add one (POST /trunks), or a prefix of the number to one that you have",
  ],
  ["+004930123456", ["+"], "a telephone number is written like +4930123456"],
  ["0301234", ["+"], "a telephone number is written like +4930123456"],
])("%s with %j allowed is not dialled, and the timeline says why", async (target, allowed, why) => {
  await meeting.start({ allowedNumbers: allowed });
  const { reference_id } = await meeting.arrive([connect([{ type: "tel", target }])]);
  await endedRunIn(meeting.storage);
  const timeline = await meeting.timelineOf(reference_id);
  expect(timeline.find(({ type }) => type === "leg_failed")?.data).toMatchObject({
    destination: { type: "tel", target },
    why,
  });
  expect(meeting.askedTo("dial ")).toEqual([]);
});

test.each([
  [{ max_calls: 0 }, "the trunk carries as many calls as it may: raise its max_calls, or add another trunk"],
  [
    { max_calls_per_second: 0 },
    "the trunk carries as many calls as it may: raise its max_calls_per_second, or add another trunk",
  ],
])("a call that finds no place in a trunk with %o says which limit it is", async (limit, why) => {
  const trunk = sampleTrunk({ customer_id: meeting.storage.defaultCustomerId, prefixes: ["+49"], ...limit });
  await meeting.storage.trunks.create(trunk);
  await meeting.start({ allowedNumbers: ["+49"] });
  const { reference_id } = await meeting.arrive([connect([{ type: "tel", target: "+4930123456" }])]);
  await endedRunIn(meeting.storage);
  const failed = (await meeting.timelineOf(reference_id)).find(({ type }) => type === "leg_failed");
  const timeline = await meeting.timelineOf(String(failed?.data.call_id));
  expect(timeline.find(({ type }) => type === "dial_failed")?.data).toMatchObject({ why });
});

test("a trunk that is removed while a call is made says so", async () => {
  const limits = createTrunkLimits({ now: () => 0 });
  const slots = createTrunkSlots(meeting.storage.trunks, limits);
  const target = { kind: "trunk", trunk_id: "gone", number: "+49", caller: { type: "tel", target: "" } } as const;
  expect(await slots.take(target, false)).toMatchObject({ refusal: "the trunk has been removed" });
});

test("who did not answer is told while others still ring, and once, also after a crash", async () => {
  const first = await meeting.start();
  const { reference_id } = await meeting.arrive([connect([sip(BOB), sip(EVE)])]);
  meeting.failed(await meeting.dialled(EVE), 17);
  const bob = await meeting.dialled(BOB);
  const failed = async () => (await meeting.timelineOf(reference_id)).filter(({ type }) => type === "leg_failed");
  await eventually("the failure on the timeline", async () => (await failed()).length === 1);
  expect(await failed()).toMatchObject([{ data: { cause: 17, why: "user busy" } }]);
  meeting.crash(first);
  await meeting.start();
  meeting.on.telephony.becomeReachable();
  await meeting.asked(/^open /);
  meeting.failed(bob, 19);
  await endedRunIn(meeting.storage);
  expect((await failed()).map(({ data }) => data.cause)).toEqual([17, 19]);
});

test("a linear group rings one after the other", async () => {
  const engine = await meeting.start();
  const order = orderOf(meeting.storage, [sip(BOB), sip(EVE)]);
  const actions = [{ id: "b", type: "beep", option: {} }];
  expect(await engine.placeGroupcall({ ...order, actions, ringMethod: "linear" })).toMatchObject({
    status: "progressing",
    ring_method: "linear",
  });
  const bob = await meeting.dialled(BOB);
  expect(meeting.askedTo("dial ")).toHaveLength(1);
  meeting.failed(bob, 17);
  const eve = await meeting.dialled(EVE);
  meeting.answered(eve);
  await meeting.asked(`play ${eve} sound:beep`);
});
