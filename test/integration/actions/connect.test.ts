import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../../support/addresses.ts";
import { promptsHeard, tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import type { Phone } from "../../support/phone.ts";
import { tone } from "../../support/tones.ts";
import { recordingOf, tonesOn, words } from "../support/recorded.ts";
import { aftermathOf, crash, heardMs, prompt, stored } from "./support.ts";

const lab = await startLab();
const [CALLER, CALLEE, AFTER] = [440, 620, 850];

const connect = (phones: readonly Phone[], option: object = {}) => ({
  type: "connect",
  option: { destinations: phones.map(sip), ...option },
});
const answer = { type: "answer" };

test("caller and callee hear each other, and the flow goes on when the callee hangs up", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob]), prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.ring();
  await call.progressed();
  expect(call.statuses()).not.toContain(200);
  ringing.answer();
  await call.answered();
  const { id } = await lab.recordOf(call.number);
  await Promise.all([call.say(tone(CALLER, 600)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(CALLEE, 600)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
  expect(promptsHeard(ringing)).toEqual([CALLER]);
  expect(new Set(tonesHeard(call))).toEqual(new Set([CALLEE, AFTER]));
  const { variables, facts } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({
    "voipbin.connect.status": "answered",
    "voipbin.connect.hangup_reason": "normal",
    "voipbin.connect.answered_call_id": facts("call_connected")[0]?.call_id,
  });
  expect(Number(variables["voipbin.connect.duration"])).toBeGreaterThan(1_000);
  expect(id).toBeDefined();
});

test("who talk keep talking through a crash", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([answer, connect([bob]), prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.answer();
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  const talking = call.say(tone(1100, 4_000));
  await ringing.heard(1100);
  await crash(lab);
  await talking;
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
  expect(new Set(tonesHeard(ringing))).toEqual(new Set([CALLER, 1100]));
  expect(heardMs(ringing, 1100)).toBeGreaterThan(3_500);
});

test("neither phone is asked anything more about its audio once they talk", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob])]);
  const ringing = await bob.rings();
  ringing.answer();
  await call.answered();
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.ended();
  const asked = [call, ringing].flatMap(({ story }) => story.happenings.filter((each) => each.type === "request"));
  expect(asked).not.toContainEqual(expect.objectContaining({ method: "INVITE" }));
  expect(asked).not.toContainEqual(expect.objectContaining({ method: "UPDATE" }));
});

test("the caller's hangup hangs up the callee", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob]), prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.answer();
  await Promise.all([call.answered(), ringing.answered()]);
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await call.hangup();
  expect(await ringing.ended()).toMatchObject({ by: "them" });
});

test("a caller who gives up while it rings takes back every call at once", async () => {
  const phones = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })];
  const call = await lab.call([connect(phones)]);
  const ringing = await Promise.all(phones.map((phone) => phone.rings()));
  for (const one of ringing) one.ring();
  await call.progressed();
  await call.hangup();
  for (const one of ringing) expect(await one.ended()).toMatchObject({ by: "them", status: 487 });
});

test("the first who answers wins, and the others are told that it was answered elsewhere", async () => {
  const phones = [await lab.phone({ user: "bob" }), await lab.phone({ user: "eve" })];
  const call = await lab.call([connect(phones)]);
  const [first, second] = await Promise.all(phones.map((phone) => phone.rings()));
  first?.ring();
  second?.ring();
  second?.answer();
  await call.answered();
  expect(await first?.ended()).toMatchObject({
    by: "them",
    status: 487,
    reason: expect.stringContaining("completed elsewhere"),
  });
  await Promise.all([second?.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await second?.hangup();
  await call.ended();
});

test.each([
  [486, 486, "busy"],
  [603, 403, "noanswer"],
  [480, 480, "noanswer"],
  [404, 404, "failed"],
])("who refuses with %d: the reason is relayed as %d, or the flow goes on", async (status, relayed, reason) => {
  const bob = await lab.phone({ user: "bob" });
  const calls = [
    await lab.call([connect([bob], { relay_reason: true }), prompt(lab, AFTER)]),
    await lab.call([connect([bob]), prompt(lab, AFTER)]),
  ] as const;
  for (const one of [await bob.rings(), await bob.rings()]) one.refuse(status);
  const [told, goesOn] = calls;
  expect(await told.ended()).toMatchObject({ by: "refused", status: relayed });
  await goesOn.heard(AFTER);
  await goesOn.ended();
  const { variables, facts } = await aftermathOf(lab, goesOn.number);
  expect(variables).toMatchObject({ "voipbin.connect.status": reason, "voipbin.connect.hangup_reason": reason });
  expect(facts("leg_failed")).toEqual([
    expect.objectContaining({ destination: expect.objectContaining({ type: "sip" }), reason }),
  ]);
});

test("a destination that can't be dialled does not keep the others from ringing", async () => {
  const bob = await lab.phone({ user: "bob" });
  const bad = { type: "extension", target_name: "nobody" };
  const call = await lab.call([{ type: "connect", option: { destinations: [bad, sip(bob)] } }]);
  const ringing = await bob.rings();
  ringing.answer();
  await call.answered();
  await ringing.hangup();
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("leg_failed")).toEqual([
    expect.objectContaining({ destination: { ...bad, target: "" }, why: "you have no such extension" }),
  ]);
});

test("killed while it rings, the phone rings on and can be answered", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob]), prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.ring();
  await call.progressed();
  await crash(lab);
  ringing.answer();
  await call.answered();
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("with early media the caller hears the callee before the answer", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob], { early_media: true })]);
  const ringing = await bob.rings();
  ringing.progress();
  await ringing.say(tone(CALLEE, 600));
  expect(await call.heard(CALLEE)).toMatchObject({ early: true });
  ringing.answer();
  await call.answered();
  await Promise.all([ringing.say(tone(AFTER, 400)), call.heard(AFTER)]);
  await ringing.hangup();
  await call.ended();
});

test("killed while the caller hears early media, it is heard on, and whoever sends it can answer", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob], { early_media: true }), prompt(lab, AFTER)]);
  const ringing = await bob.rings();
  ringing.progress();
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  const saying = ringing.say(tone(1100, 4_000));
  await call.heard(1100);
  await crash(lab);
  await saying;
  expect(heardMs(call, 1100)).toBeGreaterThan(3_500);
  expect(call.statuses()).not.toContain(200);
  ringing.answer();
  await call.answered();
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("keys pass through the bridge both ways, and count for the caller's flow", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([connect([bob])]);
  const ringing = await bob.rings();
  ringing.answer();
  await call.answered();
  // A key that is down while the two come together would be lost.
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await call.press("12#");
  await eventually("the caller's keys", () => ringing.digits() === "12#");
  await ringing.press("89*");
  await eventually("the callee's keys", () => call.digits() === "89*");
  await ringing.hangup();
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.call.digits": "12#" });
});

/** Two who talk past Asterisk's core, as soon as they do. */
async function direct(before: readonly FlowAction[] = [], after: readonly FlowAction[] = []) {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([...before, connect([bob], { collect_digits: false }), ...after]);
  const talking = async () => {
    const ringing = await bob.rings();
    ringing.answer();
    await call.answered();
    return ringing;
  };
  return { call, talking };
}

test("keys that are not collected pass as well, and count for nobody else", async () => {
  const { call, talking } = await direct();
  const ringing = await talking();
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await call.press("12#");
  await eventually("the caller's keys", () => ringing.digits() === "12#");
  await ringing.hangup();
  await call.ended();
  expect((await aftermathOf(lab, call.number)).variables).toMatchObject({ "voipbin.call.digits": "" });
});

const technologies = async () =>
  bridgesSchema.parse(await lab.asterisk.ari("GET", "/bridges")).map(({ technology }) => technology);
const bridgesSchema = z.array(z.looseObject({ technology: z.string() }));

test("what records or speaks in a talk that passes the core by hears both and is heard, and the talk goes on", async () => {
  const { call, talking } = await direct();
  const ringing = await talking();
  await eventually("the short way", async () => (await technologies()).includes("native_rtp"));
  const { id } = await lab.recordOf(call.number);
  await lab.api.post(`/calls/${id}/recording_start`, { format: "wav" });
  await call.say(words(CALLER));
  await ringing.say(words(CALLEE));
  await lab.api.post(`/calls/${id}/recording_stop`);
  const recording = await recordingOf(lab, call.number);
  expect((await tonesOn(lab, recording)).map(({ frequency }) => frequency)).toEqual([CALLER, CALLEE]);
  await lab.api.post(`/calls/${id}/talk`, { text: "Goodbye.", language: "en-US", provider: "local" });
  await eventually("the words", () => call.blocks().filter(({ heard }) => heard === "other").length > 10);
  await stored(lab, call.number, "talk_over_ended");
  await eventually("the short way again", async () => (await technologies()).includes("native_rtp"));
  await Promise.all([call.say(tone(1_100, 400)), ringing.heard(1_100)]);
  await Promise.all([ringing.say(tone(AFTER, 400)), call.heard(AFTER)]);
  await call.hangup();
  await ringing.ended();
});

test.each(["moh", "silence"])(
  "%s that began before goes on until it is ended: a talk that passes the core by has no holes then",
  async (sound) => {
    const key = { type: "digits_receive", option: { length: 1, duration: 10_000 } };
    const { call, talking } = await direct([answer, key]);
    await call.answered();
    await stored(lab, call.number, "call_answered");
    const { id } = await lab.recordOf(call.number);
    await lab.api.post(`/calls/${id}/${sound}`);
    await call.press("1");
    const ringing = await talking();
    await ringing.say(tone(CALLEE, 600));
    expect(heardMs(call, CALLEE)).toBe(0);
    expect(await lab.api.request("DELETE", `/calls/${id}/${sound}`)).toMatchObject({ status: 200 });
    await Promise.all([ringing.say(tone(AFTER, 400)), call.heard(AFTER)]);
    await Promise.all([ringing.say(tone(CALLEE, 600)), call.heard(CALLEE)]);
    expect(heardMs(call, CALLEE)).toBeGreaterThan(500);
    await call.hangup();
    await ringing.ended();
  },
);

test("Asterisk closes our sockets for requests in mid-talk: it goes on, and all that follows works", async () => {
  const { call, talking } = await direct(
    [],
    [connect([await lab.phone({ user: "eve" })], { timeout: 1_000 }), prompt(lab, AFTER)],
  );
  const ringing = await talking();
  const sessions = await lab.asterisk.cli("ari show websocket sessions");
  const ids = [...sessions.matchAll(/^(\S+) .*-(?:requests|longer)\s*$/gm)].map(([, id = ""]) => id);
  expect(ids).toHaveLength(2);
  for (const id of ids) await lab.asterisk.cli(`ari shutdown websocket session ${id}`);
  await Promise.all([call.say(tone(CALLER, 400)), ringing.heard(CALLER)]);
  await Promise.all([ringing.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await ringing.hangup();
  await call.heard(AFTER);
  await call.ended();
});

test("all phones of an extension ring", async () => {
  const { password } = await lab.api.post("/extensions", { extension: "3101" });
  const credentials = { user: "3101", password: String(password) };
  const phones = [await lab.phone({ credentials }), await lab.phone({ credentials })];
  for (const phone of phones) expect(await phone.register()).toBe(200);
  const destinations = [{ type: "extension", target_name: "3101" }];
  const call = await lab.call([{ type: "connect", option: { destinations } }]);
  const [first, second] = await Promise.all(phones.map((phone) => phone.rings()));
  first?.answer();
  await call.answered();
  expect(await second?.ended()).toMatchObject({ by: "them", status: 487 });
  await Promise.all([first?.say(tone(CALLEE, 400)), call.heard(CALLEE)]);
  await first?.hangup();
  await call.ended();
});

test("a caller who was answered before hears a ring tone until the callee answers", async () => {
  const bob = await lab.phone({ user: "bob" });
  const call = await lab.call([answer, connect([bob])]);
  const ringing = await bob.rings();
  ringing.ring();
  await eventually("the ring tone", () => call.blocks().some(({ heard }) => heard === "other"));
  ringing.answer();
  await ringing.answered();
  await call.quiet(300);
  await ringing.hangup();
  await call.ended();
});
