/** What goes wrong around calls that meet: nobody is left ringing for it, and nothing is left in the switch. */
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import type { Storage } from "../../src/ports/storage.ts";
import { StorageError } from "../../src/ports/storage-error.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { sampleExtension, sampleTrunk } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { channelOf } from "./fake-telephony.ts";
import { BOB, connect, EVE, type Meeting, newMeeting, orderOf, sip } from "./meeting.ts";
import { endedRunIn } from "./one-call.ts";

let meeting: Meeting;
beforeEach(async () => {
  meeting = await newMeeting();
});

const progressed = (channelId: string) => meeting.on.telephony.tell({ type: "channel_progressed", channelId });
const sleep = { id: "s", type: "sleep", option: { duration: 60_000 } };
const unknown = () => Promise.reject(new StorageError("unknown", "no such luck"));

test("a caller for whom nobody answers hears no ring tone any more", async () => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB)]), sleep]);
  meeting.failed(await meeting.dialled(BOB), 17);
  await meeting.asked("stop ringing c1");
});

test("when the one who is heard before the answer gives up, it rings again, and then the next is heard", async () => {
  await meeting.start();
  await meeting.arrive([connect([sip(BOB), sip(EVE)], { early_media: true })]);
  const [bob, eve] = [await meeting.dialled(BOB), await meeting.dialled(EVE)];
  progressed(bob);
  await meeting.asked(new RegExp(`^join \\S+ c1\\+${bob}$`));
  meeting.failed(bob, 17);
  await eventually("the second ring", () => meeting.askedTo("ring c1").length === 2);
  progressed(eve);
  await meeting.asked(new RegExp(`^join \\S+ c1\\+${eve}$`));
  meeting.failed(eve, 21);
  expect((await endedRunIn(meeting.storage)).variables["voipbin.connect.status"]).toBe("busy");
});

test("a trunk that is heard before the answer and gives up is followed by the next, which is heard too", async () => {
  const common = { customer_id: meeting.storage.defaultCustomerId, prefixes: ["+49"] };
  const [best, other] = [sampleTrunk({ ...common, priority: 1 }), sampleTrunk({ ...common, priority: 2 })];
  for (const trunk of [best, other]) await meeting.storage.trunks.create(trunk);
  await meeting.start({ allowedNumbers: ["+49"] });
  await meeting.arrive([connect([{ type: "tel", target: "+491" }], { early_media: true })]);
  for (const trunk of [best, other]) {
    const channel = await meeting.dialled(`+491@${trunk.id}`);
    progressed(channel);
    await meeting.asked(new RegExp(`^join \\S+ c1\\+${channel}$`));
    meeting.failed(channel, 34);
  }
  expect((await endedRunIn(meeting.storage)).variables["voipbin.connect.status"]).toBe("failed");
});

test("phones that can't be looked up don't keep the others from ringing", async () => {
  const customer_id = meeting.storage.defaultCustomerId;
  await meeting.storage.extensions.create(sampleExtension("3000", { customer_id }));
  meeting.on.phones.of = () => Promise.reject(new TelephonyError("unavailable", "phones", "no answer"));
  await meeting.start();
  const { reference_id } = await meeting.arrive([connect([{ type: "extension", target: "3000" }, sip(BOB)])]);
  meeting.failed(await meeting.dialled(BOB), 17);
  await endedRunIn(meeting.storage);
  const failures = (await meeting.timelineOf(reference_id)).filter(({ type }) => type === "leg_failed");
  expect(failures.map(({ data }) => data.why)).toEqual(["its phones could not be looked up", "user busy"]);
});

test("a call that can't be stored counts as failed, and the flow goes on", async () => {
  const create: Storage["calls"]["create"] = (call, facts) =>
    call.direction === "outgoing" ? unknown() : meeting.storage.calls.create(call, facts);
  const from = { ...meeting.storage, calls: { ...meeting.storage.calls, create } };
  await meeting.start({ from });
  await meeting.arrive([connect([sip(BOB)])]);
  const { variables, ended_reason } = await endedRunIn(meeting.storage);
  expect({ ended_reason, status: variables["voipbin.connect.status"] }).toEqual({
    ended_reason: "finished",
    status: "failed",
  });
});

test("a trunk that can't be read ends the call, rather than let it ring for ever", async () => {
  const from = { ...meeting.storage, trunks: { ...meeting.storage.trunks, ofCustomer: unknown, get: unknown } };
  const engine = await meeting.start({ from, allowedNumbers: ["+"] });
  await expect(engine.placeCalls(orderOf(from, [{ type: "tel", target: "+491" }]))).rejects.toThrow();
  await meeting.arrive([connect([{ type: "tel", target: "+491" }])]);
  expect(await endedRunIn(meeting.storage)).toMatchObject({ ended_reason: "finished" });
});

test("a bridge that opens late is closed, also when the caller could not be told that it rings", async () => {
  const { bridges, sound } = meeting.on;
  const { open } = bridges;
  bridges.open = async (...order) => {
    await pause(100);
    return open(...order);
  };
  sound.startRinging = () => Promise.reject(new TelephonyError("unavailable", "startRinging", "no answer"));
  await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  await endedRunIn(meeting.storage);
  await meeting.asked(/^open /);
  expect([...bridges.present.keys()]).toEqual([]);
});

test("a channel that comes to be after its call is over is ended", async () => {
  await meeting.start();
  const { present } = meeting.on.telephony;
  const outbound = { ...channelOf("late", BOB), arguments: ["outbound"] };
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.failed(bob, 17);
  await endedRunIn(meeting.storage);
  for (const id of [bob, "late"]) present.set(id, { ...outbound, id });
  meeting.on.telephony.becomeReachable();
  await meeting.asked(`dismiss ${bob}`);
  expect(meeting.askedTo("hangup late").length + meeting.askedTo("dismiss late").length).toBeGreaterThan(0);
});

test("whose call is over while it is being dialled does not ring on", async () => {
  const { telephony } = meeting.on;
  const dialling = Promise.withResolvers<void>();
  const { dial } = telephony;
  telephony.dial = async (...order) => {
    await dial(...order);
    await dialling.promise;
  };
  await meeting.start();
  await meeting.arrive([connect([sip(BOB)])]);
  const bob = await meeting.dialled(BOB);
  meeting.failed(bob, 17);
  await endedRunIn(meeting.storage);
  expect(meeting.askedTo(`hangup ${bob}`)).toEqual([]);
  dialling.resolve();
  await meeting.asked(`hangup ${bob} 16`);
});

test("what is only being made is not taken for a leftover", async () => {
  await meeting.start();
  const { telephony } = meeting.on;
  const asker = "00000000-0000-4000-8000-000000000001.phones";
  telephony.serving.push(asker, "00000000-0000-4000-8000-000000000002.0.bridge");
  telephony.servants = async () => [...telephony.serving];
  telephony.becomeReachable();
  await eventually("the first look", () => telephony.serving.length === 2);
  setTimeout(() => telephony.serving.shift(), 500);
  await meeting.asked("dismiss 00000000-0000-4000-8000-000000000002.0.bridge");
  expect(meeting.askedTo(`dismiss ${asker}`)).toEqual([]);
});
