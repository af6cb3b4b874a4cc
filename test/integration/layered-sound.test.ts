/** What call control and the step of a flow both want of one call's sound: neither undoes what the other wants. */
import { expect, test } from "vitest";
import { sip } from "../support/addresses.ts";
import type { Call } from "../support/call.ts";
import { makeQueue } from "../support/call-centre.ts";
import { choirOf, hears, placeIn, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { tone } from "../support/tones.ts";
import { crash, prompt, stored } from "./actions/support.ts";

const lab = await startLab();
const [A, B, C] = [440, 620, 850];
const choir = choirOf(A, B, C);
/** Longer than what was on its way when something was changed. */
const FRESH_MS = 500;

type Party = Call & { readonly id: string; readonly number: string };

async function callOf(...actions: readonly FlowAction[]): Promise<Party> {
  const call = await lab.call([{ type: "answer" }, ...actions, { type: "sleep", option: { duration: 60_000 } }]);
  await stored(lab, call.number, "call_answered");
  return { ...call, id: (await lab.recordOf(call.number)).id };
}
const conference = async (): Promise<FlowAction> => {
  const { id } = await lab.api.post("/conferences", { name: "test" });
  return { type: "conference_join", option: { conference_id: id } };
};
/** A call that is in the first of these conferences, and speaks. */
async function member(frequency: number, ...rooms: readonly FlowAction[]): Promise<Party> {
  const call = await callOf(...rooms);
  sing(call, choir, frequency);
  await stay(call);
  return call;
}
/** Its newest stay in a conference. */
const stay = ({ id }: Party) =>
  eventually("its stay", async () => {
    const [newest] = await lab.api.list(`/conferencecalls?reference_id=${id}`);
    return newest?.status === "joined" ? newest : undefined;
  });

async function ask({ id }: Party, method: string, what: string, shown: object = {}, body?: object): Promise<void> {
  const answer = await lab.api.request(method, `/calls/${id}/${what}`, body);
  expect(answer).toMatchObject({ status: 200, body: shown });
}
async function muteIn(room: Party, method: "POST" | "DELETE"): Promise<void> {
  const answer = await lab.api.request(method, `/conferencecalls/${(await stay(room)).id}/mute`);
  expect(answer).toMatchObject({ status: 200, body: { muted: method === "POST" } });
}
const muteCall = (party: Party) => ask(party, "POST", "mute", { mute_direction: "in" }, { direction: "in" });
const unmuteCall = (party: Party) => ask(party, "DELETE", "mute", { mute_direction: "" });

/** What it hears from now on, not what was on its way. */
async function hearsNow(call: Call, frequencies: readonly number[]): Promise<void> {
  const from = placeIn(call) + FRESH_MS * 8;
  await eventually("more to hear", () => placeIn(call) > from);
  await hears(call, choir, frequencies);
}
async function hearsMusicNow(call: Call): Promise<void> {
  const from = call.blocks().length + FRESH_MS / 20;
  const music = () =>
    call
      .blocks()
      .slice(from)
      .filter(({ heard }) => heard === "other");
  await eventually("music", () => music().length > 25);
}
/** Silence is sent, which is not the same as nothing. */
async function hearsSilenceNow(call: Call): Promise<void> {
  const from = call.blocks().length + FRESH_MS / 20;
  await eventually("silence", () => {
    const last = call.blocks().slice(from).slice(-25);
    return last.length === 25 && last.every(({ heard }) => heard === "silence");
  });
}

test.each(["the call's mute", "the conference's mute"])(
  "muted twice, a member is heard when both are taken back, %s first, also after a crash",
  async (first) => {
    const room = await conference();
    const [anna, bert] = [await member(A, room), await member(B, room)];
    await member(C, room);
    await hearsNow(anna, [B, C]);
    await muteCall(bert);
    await muteIn(bert, "POST");
    await hearsNow(anna, [C]);
    if (first === "the call's mute") await unmuteCall(bert);
    else await muteIn(bert, "DELETE");
    await hearsNow(anna, [C]);
    await crash(lab);
    await hearsNow(anna, [C]);
    expect(await stay(bert)).toMatchObject({ muted: first === "the call's mute" });
    expect(await lab.recordOf(bert.number)).toMatchObject({ mute_direction: first === "the call's mute" ? "" : "in" });
    if (first === "the call's mute") await muteIn(bert, "DELETE");
    else await unmuteCall(bert);
    await hearsNow(anna, [B, C]);
  },
);

test("who is muted by its call is so in the next conference too; who was muted in the last one is not", async () => {
  const [room, next] = [await conference(), await conference()];
  const anna = await member(A, next);
  await member(C, next);
  const bert = await member(B, room, next);
  await muteCall(bert);
  await muteIn(bert, "POST");
  expect(await lab.api.request("DELETE", `/conferencecalls/${(await stay(bert)).id}`)).toMatchObject({ status: 200 });
  expect(await stay(bert)).toMatchObject({ muted: false });
  await hearsNow(anna, [C]);
  await unmuteCall(bert);
  await hearsNow(anna, [B, C]);
});

test("a caller who waits hears the music of the queue again after a hold, music or silence, also after a crash", async () => {
  const queue = await makeQueue(lab);
  const caller = await callOf(queue.join);
  await hearsMusicNow(caller);
  await ask(caller, "DELETE", "moh");
  await hearsMusicNow(caller);
  for (const what of ["hold", "moh"]) {
    await ask(caller, "POST", what);
    await hearsMusicNow(caller);
    await ask(caller, "DELETE", what);
    await hearsMusicNow(caller);
  }
  await ask(caller, "POST", "silence");
  await hearsSilenceNow(caller);
  await crash(lab);
  await hearsSilenceNow(caller);
  await ask(caller, "DELETE", "silence");
  await hearsMusicNow(caller);
  await ask(caller, "POST", "hold");
  await crash(lab);
  await ask(caller, "DELETE", "hold", { on_hold: false });
  await hearsMusicNow(caller);
});

test("a caller on hold keeps its music when an agent answers, and hears the agent afterwards", async () => {
  const queue = await makeQueue(lab);
  const caller = await callOf(queue.join);
  await ask(caller, "POST", "hold", { on_hold: true });
  const { phone } = await queue.agent();
  const ringing = await phone.rings();
  ringing.answer();
  await queue.caller("service");
  await hearsMusicNow(caller);
  await ask(caller, "DELETE", "hold", { on_hold: false });
  await Promise.all([ringing.say(tone(A, 400)), caller.heard(A)]);
  await Promise.all([caller.say(tone(B, 400)), ringing.heard(B)]);
});

test.each([true, false])(
  "who is on hold while others are rung hears music until that is over (keys: %s)",
  async (keys) => {
    const bob = await lab.phone({ user: "bob" });
    const option = { destinations: [sip(bob)], collect_digits: keys };
    const caller = await callOf({ type: "connect", option });
    const ringing = await bob.rings();
    ringing.ring();
    await ask(caller, "POST", "hold");
    await hearsMusicNow(caller);
    ringing.answer();
    await stored(lab, caller.number, "call_connected");
    await hearsMusicNow(caller);
    await ask(caller, "DELETE", "hold");
    await Promise.all([ringing.say(tone(A, 400)), caller.heard(A)]);
    await Promise.all([caller.say(tone(B, 400)), ringing.heard(B)]);
  },
);

test("who is on hold hears music again after a prompt of its flow", async () => {
  const caller = await callOf(prompt(lab, A), { type: "sleep", option: { duration: 3_000 } }, prompt(lab, B));
  await caller.heard(A);
  await ask(caller, "POST", "hold");
  await hearsMusicNow(caller);
  await caller.heard(B);
  await hearsMusicNow(caller);
});

test("who is alone in a conference hears its music again after a hold, and then whoever comes", async () => {
  const room = await conference();
  const anna = await member(A, room);
  for (const what of ["hold", "moh", "silence"]) {
    await ask(anna, "POST", what);
    await (what === "silence" ? hearsSilenceNow : hearsMusicNow)(anna);
    await ask(anna, "DELETE", what);
    await hearsMusicNow(anna);
  }
  await member(B, room);
  await hearsNow(anna, [B]);
});

test.each(["hold", "moh"])(
  "a member keeps its %s when somebody joins, and hears them when it is over",
  async (what) => {
    const room = await conference();
    const anna = await member(A, room);
    await ask(anna, "POST", what);
    const bert = await member(B, room);
    await hearsMusicNow(anna);
    await crash(lab);
    await hearsMusicNow(anna);
    await ask(anna, "DELETE", what);
    await hearsNow(anna, [B]);
    await ask(anna, "POST", what);
    await bert.hangup();
    await hearsMusicNow(anna);
    await ask(anna, "DELETE", what, { on_hold: false });
    await hearsMusicNow(anna);
  },
);
