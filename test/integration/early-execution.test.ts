import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { hearsMusic } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import type { Phone } from "../support/phone.ts";
import { factsOf, typesOf } from "../support/records.ts";
import { tone } from "../support/tones.ts";
import { wordsIn } from "../support/words.ts";
import { crash, prompt } from "./actions/support.ts";

/** Flows that begin while the phone that is called still rings. */
const lab = await startLab();
const [CALLER, CALLEE, OTHER] = [440, 620, 850];
const SENTENCES = ["press one for sales", "press two for support", "goodbye"];
const SAID = "press two for support";
const talk = { type: "talk", option: { text: "Press two for support." } };
const ELSEWHERE = { by: "them", status: 487, reason: expect.stringContaining("completed elsewhere") };

const callSchema = z.looseObject({ id: z.string(), activeflow_id: z.string(), status: z.string() });
const groupSchema = z.looseObject({
  id: z.string(),
  call_ids: z.array(z.string()),
  answer_call_id: z.string().nullable(),
});
const phoneOf = (user: string): Promise<Phone> => lab.phone({ user, codecs: ["g722"] });

const order = async (path: string, phones: readonly Phone[], actions: readonly object[] = [talk]) => {
  const body = { destinations: phones.map(sip), actions, early_execution: true };
  const answer = await lab.api.request("POST", path, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
};
const placed = async (phone: Phone, actions?: readonly object[]): Promise<string> => {
  const { calls } = z.object({ calls: z.tuple([callSchema]) }).parse(await order("/calls", [phone], actions));
  return calls[0].id;
};
const callOf = async (id: string) => callSchema.parse(await lab.api.get(`/calls/${id}`));
const groupOf = async (id: string) => groupSchema.parse(await lab.api.get(`/groupcalls/${id}`));
const timelineOf = (id: string) => lab.api.list(`/calls/${id}/timeline`);
const begins = (id: string, action: string) =>
  eventually(`the beginning of ${action}`, async () =>
    factsOf(await timelineOf(id), "action_started").some((fact) => fact.action === action),
  );
const ended = (id: string) =>
  eventually(`the end of call ${id}`, async () => ((await callOf(id)).status === "hangup" ? callOf(id) : undefined));
/** As long as a whole call of somebody else takes: what was to happen at once has happened. */
const meanwhile = async (): Promise<void> => {
  const call = await lab.call([{ type: "answer" }, prompt(lab, OTHER, OTHER)]);
  await call.ended();
};
const expectToRing = async (id: string): Promise<void> => {
  expect(await callOf(id)).toMatchObject({ status: "ringing", tm_progressing: null });
  expect(typesOf(await timelineOf(id))).not.toContain("call_answered");
};
const expectHeard = async (call: Call): Promise<void> => {
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await wordsIn(call.sound(), SENTENCES)).toBe(SAID);
};

test("talk waits until the phone that rings is answered, and is heard then", async () => {
  const phone = await phoneOf("bob");
  const id = await placed(phone, [{ type: "variable_set", option: { key: "a", value: "b" } }, talk]);
  const call = await phone.rings();
  call.ring();
  await begins(id, "talk");
  await meanwhile();
  await expectToRing(id);
  expect(call.blocks()).toEqual([]);
  call.answer();
  await expectHeard(call);
  expect(await ended(id)).toMatchObject({ hangup_reason: "normal", tm_progressing: expect.any(String) });
  expect(typesOf(await timelineOf(id)).filter((type) => type === "call_answered")).toHaveLength(1);
});

test("of two phones that ring with a talk to come nobody wins before one is answered, and the other is told then", async () => {
  const phones = [await phoneOf("bob"), await phoneOf("eve")] as const;
  const { id, call_ids } = groupSchema.parse(await order("/groupcalls", phones));
  const [bob, eve] = [await phones[0].rings(), await phones[1].rings()];
  for (const one of [bob, eve]) one.ring();
  for (const callId of call_ids) await begins(callId, "talk");
  await meanwhile();
  for (const callId of call_ids) await expectToRing(callId);
  expect((await groupOf(id)).answer_call_id).toBeNull();
  eve.answer();
  expect(await bob.ended()).toMatchObject(ELSEWHERE);
  await expectHeard(eve);
  expect(bob.blocks()).toEqual([]);
  const records = await Promise.all(call_ids.map(ended));
  const { answer_call_id } = await groupOf(id);
  expect(records.map((record) => [record.id === answer_call_id, record.hangup_reason]).toSorted()).toEqual([
    [false, "cancel"],
    [true, "normal"],
  ]);
});

test("of two who answer at once, one hears the talk", async () => {
  for (let round = 0; round < 4; round += 1) {
    const phones = [await phoneOf("bob"), await phoneOf("eve")] as const;
    const { call_ids } = groupSchema.parse(await order("/groupcalls", phones));
    const both = [await phones[0].rings(), await phones[1].rings()];
    for (const one of both) one.ring();
    for (const callId of call_ids) await begins(callId, "talk");
    for (const one of both) one.answer();
    for (const one of both) expect(await one.ended()).toMatchObject({ by: "them" });
    const speaks = (call: Call) => call.blocks().some(({ heard }) => heard !== "silence");
    expect(both.filter(speaks)).toHaveLength(1);
  }
});

test.each([
  ["answered after that", false],
  ["answered meanwhile", true],
])("killed while talk waits for the answer, it is heard by who has %s", async (_when, isMeanwhile) => {
  const phone = await phoneOf("bob");
  const id = await placed(phone);
  const call = await phone.rings();
  call.ring();
  await begins(id, "talk");
  if (isMeanwhile) {
    await lab.ringdown.kill();
    call.answer();
    await lab.ringdown.start();
  } else {
    await crash(lab);
    await meanwhile();
    await expectToRing(id);
    call.answer();
  }
  await expectHeard(call);
  expect(await ended(id)).toMatchObject({ hangup_reason: "normal" });
});

test("killed while two phones ring with a talk to come, the first who answers hears it, the other is told", async () => {
  const phones = [await phoneOf("bob"), await phoneOf("eve")] as const;
  const { call_ids } = groupSchema.parse(await order("/groupcalls", phones));
  const [bob, eve] = [await phones[0].rings(), await phones[1].rings()];
  for (const one of [bob, eve]) one.ring();
  for (const callId of call_ids) await begins(callId, "talk");
  await crash(lab);
  bob.answer();
  expect(await eve.ended()).toMatchObject(ELSEWHERE);
  await expectHeard(bob);
  await Promise.all(call_ids.map(ended));
});

test("when nobody answers, the flow that waits for that ends with the call", async () => {
  const phone = await phoneOf("bob");
  const id = await placed(phone);
  const call = await phone.rings();
  call.ring();
  await begins(id, "talk");
  call.refuse(486);
  const { activeflow_id } = await ended(id);
  expect(await callOf(id)).toMatchObject({ hangup_reason: "busy", tm_progressing: null });
  await eventually("the run's end", async () =>
    JSON.stringify(await lab.api.get(`/activeflows/${activeflow_id}`)).includes('"ended_reason":"hangup"'),
  );
});

test("connect rings nobody before who is called has answered, and then lets them hear that it rings", async () => {
  const [alice, bob] = [await lab.phone({ user: "alice" }), await lab.phone({ user: "bob" })];
  const id = await placed(alice, [{ type: "connect", option: { destinations: [sip(bob)] } }, prompt(lab, OTHER)]);
  const first = await alice.rings();
  first.ring();
  await begins(id, "connect");
  await meanwhile();
  await expectToRing(id);
  await expect(bob.rings(0)).rejects.toThrow();
  first.answer();
  const second = await bob.rings();
  await eventually("the ring tone", () => first.blocks().some(({ heard }) => heard !== "silence"));
  second.answer();
  await Promise.all([first.say(tone(CALLER, 600)), second.heard(CALLER)]);
  await Promise.all([second.say(tone(CALLEE, 600)), first.heard(CALLEE)]);
  await second.hangup();
  await first.heard(OTHER);
  await first.ended();
  await ended(id);
});

test.each([
  ["play", prompt(lab, CALLER), async (call: Call) => void (await call.heard(CALLER))],
  ["digits_receive", { type: "digits_receive", option: { duration: 3_000 } }, (call: Call) => call.press("5")],
  ["digits_send", { type: "digits_send", option: { digits: "7" } }, async () => {}],
  ["amd", { type: "amd", option: { machine_handle: "continue", async: true } }, async () => {}],
])("%s waits until who sends early media has answered, and comes to what it should", async (type, action, then) => {
  const phone = await lab.phone({ user: "bob" });
  const id = await placed(phone, [action, prompt(lab, OTHER)]);
  const call = await phone.rings();
  call.progress();
  await begins(id, type);
  await meanwhile();
  await expectToRing(id);
  call.answer();
  await call.answered();
  await then(call);
  await call.heard(OTHER);
  await call.ended();
  await ended(id);
  expect(call.digits()).toBe({ digits_receive: "", digits_send: "7" }[type] ?? "");
  const timeline = await timelineOf(id);
  expect(factsOf(timeline, "action_failed")).toEqual([]);
  expect(factsOf(timeline, "digit_received")).toHaveLength(type === "digits_receive" ? 1 : 0);
  expect(typesOf(timeline)).toContain("call_answered");
});

test("a conference has who is called in it when they have answered, and they hear its music", async () => {
  const { id: conferenceId } = await lab.api.post("/conferences", { name: "test" });
  const members = async () => Object(await lab.api.get(`/conferences/${conferenceId}`)).conferencecall_ids;
  const phone = await lab.phone({ user: "bob" });
  const id = await placed(phone, [{ type: "conference_join", option: { conference_id: conferenceId } }]);
  const call = await phone.rings();
  call.ring();
  await begins(id, "conference_join");
  await meanwhile();
  await expectToRing(id);
  expect(await members()).toEqual([]);
  call.answer();
  await hearsMusic(call);
  expect(await members()).toHaveLength(1);
  await call.hangup();
  await ended(id);
});
