/** What is done to the sound of live calls over the API: single ones, and two in a bridge. */
import { expect, test } from "vitest";
import { z } from "zod";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import type { Phone } from "../support/phone.ts";
import { soundingIn, tone } from "../support/tones.ts";
import { wordsIn } from "../support/words.ts";
import { crash, heardMs, longPrompt, prompt, stored } from "./actions/support.ts";
import { madeAnew, timesMadeAnew } from "./support/held.ts";

const lab = await startLab();
const WAITING = [{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }];
const SENTENCES = ["press one for sales", "press two for support", "goodbye"];
const recordSchema = z.looseObject({ id: z.string(), channel_id: z.string() });

type Party = Awaited<ReturnType<typeof waiting>>;
async function waiting(options?: Parameters<typeof lab.call>[1]) {
  const call = await lab.call(WAITING, options);
  await call.answered();
  await stored(lab, call.number, "call_answered");
  return { call, ...recordSchema.parse(await lab.recordOf(call.number)) };
}
const ask = async ({ id }: { readonly id: string }, method: string, what: string, body?: unknown) => {
  const answer = await lab.api.request(method, `/calls/${id}/${what}`, body);
  expect(answer).toMatchObject({ status: 200, body: { id } });
  return answer.body;
};
const factsOf = async ({ call }: Party, pattern: RegExp) =>
  (await lab.timelineOf(call.number)).map(({ type }) => String(type)).filter((type) => pattern.test(type));

async function bridged(...parties: readonly Party[]): Promise<AsyncDisposable> {
  const { ari } = lab.asterisk;
  await ari("POST", "/bridges/of-the-test?type=mixing,proxy_media");
  await ari("POST", "/bridges/of-the-test/addChannel", { channel: parties.map(({ channel_id }) => channel_id) });
  return { [Symbol.asyncDispose]: async () => void (await ari("DELETE", "/bridges/of-the-test")) };
}
const offersTo = ({ call }: { readonly call: Call }) =>
  call.story.happenings.flatMap((each) => (each.type === "request" && each.direction ? [each.direction] : []));
const heardMusic = ({ call }: Party) => {
  const before = call.blocks().length;
  return eventually(
    "music",
    () =>
      call
        .blocks()
        .slice(before)
        .filter(({ heard }) => heard === "other").length > 25,
  );
};
/** Speech is neither a tone nor silence. */
const speechMs = (call: Call): number =>
  call.blocks().reduce((total, { heard, durationMs }) => (heard === "other" ? total + durationMs : total), 0);

test("a muted party is not heard, hears all, and is muted still when Ringdown was killed", async () => {
  const [anna, bert] = [await waiting(), await waiting()];
  await using _ = await bridged(anna, bert);
  expect(await ask(anna, "POST", "mute", { direction: "in" })).toMatchObject({ mute_direction: "in" });
  expect(await ask(anna, "POST", "mute", { direction: "in" })).toMatchObject({ mute_direction: "in" });
  await Promise.all([anna.call.say(tone(440, 400)), bert.call.say(tone(620, 400))]);
  await anna.call.heard(620);
  await crash(lab);
  expect(await lab.recordOf(anna.call.number)).toMatchObject({ mute_direction: "in", on_hold: false });
  await Promise.all([anna.call.say(tone(850, 400)), bert.call.say(tone(1_100, 400))]);
  await anna.call.heard(1_100);
  expect(await ask(anna, "DELETE", "mute")).toMatchObject({ mute_direction: "" });
  expect(await ask(anna, "DELETE", "mute")).toMatchObject({ mute_direction: "" });
  await anna.call.say(tone(1_400, 400));
  await bert.call.heard(1_400);
  expect(bert.call.tones().map(({ frequency }) => frequency)).toEqual([1_400]);
  expect(await factsOf(anna, /mute/)).toEqual(["call_muted", "call_unmuted"]);
});

test("mute works both ways at once, and one way of both can be taken back", async () => {
  const [anna, bert] = [await waiting(), await waiting()];
  await using _ = await bridged(anna, bert);
  expect(await ask(anna, "POST", "mute")).toMatchObject({ mute_direction: "both" });
  await Promise.all([anna.call.say(tone(440, 400)), bert.call.say(tone(620, 400))]);
  expect(await ask(anna, "DELETE", "mute", { direction: "out" })).toMatchObject({ mute_direction: "in" });
  await Promise.all([anna.call.say(tone(850, 400)), bert.call.say(tone(1_100, 400))]);
  await anna.call.heard(1_100);
  expect(anna.call.tones().map(({ frequency }) => frequency)).toEqual([1_100]);
  expect(bert.call.tones()).toEqual([]);
});

test("hold tells the phone and plays music, also after a crash; unhold brings the partner back", async () => {
  const [anna, bert] = [await waiting(), await waiting()];
  await using _ = await bridged(anna, bert);
  expect(await ask(anna, "POST", "hold")).toMatchObject({ on_hold: true });
  await eventually("hold", () => offersTo(anna).at(-1) === "sendonly");
  await heardMusic(anna);
  await crash(lab);
  await heardMusic(anna);
  expect(await ask(anna, "DELETE", "moh")).toMatchObject({ on_hold: true });
  await heardMusic(anna);
  expect(await ask(anna, "DELETE", "hold")).toMatchObject({ on_hold: false });
  await eventually("unhold", () => offersTo(anna).at(-1) === "sendrecv");
  await ask(anna, "DELETE", "hold");
  await bert.call.say(tone(620, 400));
  await anna.call.heard(620);
  expect(await factsOf(anna, /held/)).toEqual(["call_held", "call_unheld"]);
});

test("music and silence come and go in a call that waits", async () => {
  const anna = await waiting();
  await ask(anna, "POST", "moh");
  await ask(anna, "POST", "moh");
  await heardMusic(anna);
  await ask(anna, "DELETE", "moh");
  await ask(anna, "DELETE", "moh");
  await anna.call.quiet(300);
  const before = anna.call.blocks().length;
  await ask(anna, "POST", "silence");
  await eventually("silence", () => anna.call.blocks().length > before + 25);
  await ask(anna, "DELETE", "silence");
  expect(speechMs(anna.call)).toBeGreaterThan(0);
  expect((await factsOf(anna, /music|silence/)).filter((type) => type.startsWith("silence"))).toHaveLength(2);
});

test("what is said is heard over a prompt, word for word where nothing else is, and the flow takes no notice", async () => {
  const call = await lab.call([{ type: "answer" }, longPrompt(lab, 440, 4_000), prompt(lab, 620)]);
  await call.heard(440);
  const { id } = await lab.recordOf(call.number);
  await ask({ id }, "POST", "talk", { text: "Your time is nearly up." });
  await call.heard(620);
  await call.ended();
  // Speech on a tone is no tone any more; the tone is in it all the same.
  expect(heardMs(call, 440)).toBeLessThan(3_500);
  const { pcm } = call.sound();
  const windows = Array.from({ length: Math.floor(pcm.length / 160) }, (_, at) =>
    pcm.subarray(at * 160, at * 160 + 160),
  );
  const withTone = windows.filter((window) => soundingIn(window, [440]).length > 0).length * 20;
  expect(withTone).toBeGreaterThan(3_500);
  const timeline = (await lab.timelineOf(call.number)).map(({ type }) => type);
  expect(timeline).toContain("talk_over_ended");
  expect(timeline.filter((type) => type === "action_started")).toHaveLength(3);

  const wideband = await waiting({ codecs: ["g722"] });
  await ask(wideband, "POST", "talk", { text: "Press two for support.", language: "en-US", provider: "local" });
  await stored(lab, wideband.call.number, "talk_over_ended");
  await eventually("the words", async () => {
    return (await wordsIn(wideband.call.sound(), SENTENCES)) === "press two for support";
  });
});

test("what is said in a bridge is heard by the one to whom it is said", async () => {
  const [anna, bert] = [await waiting(), await waiting()];
  await using _ = await bridged(anna, bert);
  await ask(anna, "POST", "talk", { text: "One minute left." });
  await stored(lab, anna.call.number, "talk_over_ended");
  await eventually("speech", () => speechMs(anna.call) > 300);
  expect(speechMs(bert.call)).toBe(0);
  await bert.call.say(tone(620, 400));
  await anna.call.heard(620);
});

/** One who is put through to the other, and heard; with something to hear when that one is gone. */
async function connected(anna: Phone, bob: Phone) {
  const number = await lab.route([{ type: "connect", option: { destinations: [sip(bob)] } }, prompt(lab, 850)]);
  const call = await anna.dial(number);
  const callee = await bob.rings();
  callee.answer();
  await call.answered();
  await Promise.all([call.say(tone(440, 400)), callee.heard(440)]);
  return { call, callee, caller: await lab.recordOf(number) };
}

test("both sides of a connect are muted, held and spoken to, through a crash too", async () => {
  const { call, callee, caller } = await connected(await lab.phone(), await lab.phone({ user: "bob" }));
  const ofCallee = (await lab.api.list("/calls")).find(({ master_call_id }) => master_call_id === caller.id);
  const leg = recordSchema.parse(ofCallee);

  await ask(caller, "POST", "mute", { direction: "in" });
  await crash(lab);
  await call.say(tone(1_400, 400));
  await ask(leg, "POST", "talk", { text: "One minute left." });
  await eventually("speech", () => speechMs(callee) > 300);
  expect(callee.tones().map(({ frequency }) => frequency)).not.toContain(1_400);
  await ask(caller, "DELETE", "mute");
  await ask(leg, "POST", "hold");
  await eventually("hold", () => offersTo({ call: callee }).at(-1) === "sendonly");
  await ask(leg, "DELETE", "hold");
  await eventually("unhold", () => offersTo({ call: callee }).at(-1) === "sendrecv");
  await Promise.all([call.say(tone(2_050, 400)), callee.heard(2_050)]);
  expect(speechMs(call)).toBe(0);
  await callee.hangup();
  await call.heard(850);
  await call.ended();
});

test("a phone that we hold, and that numbers its packets anew, and lower, when it is back, is heard by another codec", async () => {
  const phones = [await lab.phone({ renumbers: true }), await lab.phone({ user: "bob", codecs: ["g722"] })] as const;
  const { call, callee, caller } = await connected(...phones);
  for (const frequency of [620, 850]) {
    await ask(caller, "POST", "hold");
    await eventually("hold", () => offersTo({ call }).at(-1) === "sendonly");
    const before = await timesMadeAnew(lab);
    await ask(caller, "DELETE", "hold");
    await eventually("unhold", () => offersTo({ call }).at(-1) === "sendrecv");
    await madeAnew(lab, before);
    await Promise.all([call.say(tone(frequency, 400)), callee.heard(frequency)]);
  }
});

test("killed while something is said: it is heard to its end, and nothing of it is left in the call", async () => {
  const anna = await waiting();
  const text = "Thank you for calling. All of our people are busy now. Please stay on the line.";
  await ask(anna, "POST", "talk", { text });
  await eventually("speech", () => speechMs(anna.call) > 200);
  await crash(lab);
  await stored(lab, anna.call.number, "talk_over_ended");
  await eventually("all of it", () => speechMs(anna.call) > 2_000);
  await eventually("the call alone", async () => {
    const channels = await lab.asterisk.ari("GET", "/channels");
    return Array.isArray(channels) && channels.length === 1;
  });
  expect(anna.call.story.ending()).toBeUndefined();
});

test("a call that is not answered, or over, is told from one that is up, with what to do", async () => {
  const ringing = await lab.call([{ type: "sleep", option: { duration: 60_000 } }]);
  await ringing.progressed();
  const { id } = await lab.recordOf(ringing.number);
  expect(await lab.api.request("POST", `/calls/${id}/hold`)).toMatchObject({
    status: 409,
    body: { error: { status: "FAILED_PRECONDITION", reason: "CALL_NOT_ANSWERED" } },
  });
  await ringing.hangup();
  await stored(lab, ringing.number, "call_hangup");
  expect(await lab.api.request("POST", `/calls/${id}/talk`, { text: "Hello" })).toMatchObject({
    status: 409,
    body: { error: { status: "FAILED_PRECONDITION", reason: "CALL_ENDED" } },
  });
});
