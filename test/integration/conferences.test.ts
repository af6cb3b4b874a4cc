import { expect, test } from "vitest";
import type { Call } from "../support/call.ts";
import { type Choir, choirOf, choirOfMany, chordsSince, hears, hearsMusic, placeIn, sing } from "../support/chords.ts";
import { eventually } from "../support/eventually.ts";
import { startLab } from "../support/lab.ts";
import type { Phone } from "../support/phone.ts";
import { factsOf, tonePrompt } from "../support/records.ts";
import { soundingIn } from "../support/tones.ts";
import { hold } from "./support/held.ts";
import { listenTo, recordingsOf, samplesIn, words } from "./support/recorded.ts";

/** Conferences as those who are in them hear them, and as the API steers them. */
const lab = await startLab();

const AFTERWARDS = 2_450;
const A = 440;
const B = 620;
const C = 850;
const choir = choirOf(A, B, C);

type Member = Call & { readonly stayId: string };

/** A conference with a number of its own. */
const conference = async (fields: object = {}) => {
  const { id } = await lab.api.post("/conferences", { name: "test", ...fields });
  const number = await lab.route([
    { type: "conference_join", option: { conference_id: id } },
    tonePrompt(lab, AFTERWARDS),
  ]);
  const shown = async () => Object(await lab.api.get(`/conferences/${id}`));
  const members = async (): Promise<readonly string[]> => (await shown()).conferencecall_ids;
  return {
    id,
    number,
    shown,
    members,
    change: (changes: object) => lab.api.request("PUT", `/conferences/${id}`, changes),
    /** A call that is in it, and speaks a tone of its own. */
    async enter(of: Choir, frequency: number, phone?: Phone): Promise<Member> {
      const before = await members();
      const call = await (phone ?? (await lab.phone())).dial(number);
      await call.answered();
      const stayId = await eventually("its stay", async () => (await members()).find((each) => !before.includes(each)));
      sing(call, of, frequency);
      return { ...call, stayId };
    },
    stays: () => lab.api.list(`/conferencecalls?conference_id=${id}`),
  };
};

const kick = ({ stayId }: Member) => lab.api.request("DELETE", `/conferencecalls/${stayId}`);

test("calls come, are muted, taken out, locked out, and let go; the API says who is in", async () => {
  const { enter, members, shown, stays, change, number, id } = await conference();
  expect(await shown()).toMatchObject({ status: "starting", conferencecall_ids: [] });
  const first = await enter(choir, A);
  await hearsMusic(first);
  const second = await enter(choir, B);
  const third = await enter(choir, C);
  await Promise.all([hears(first, choir, [B, C]), hears(second, choir, [A, C]), hears(third, choir, [A, B])]);
  expect(await members()).toEqual([first.stayId, second.stayId, third.stayId]);
  expect(await shown()).toMatchObject({ status: "progressing" });

  const mute = `/conferencecalls/${second.stayId}/mute`;
  expect(await lab.api.request("POST", mute)).toMatchObject({ status: 200, body: { muted: true, status: "joined" } });
  await Promise.all([hears(first, choir, [C]), hears(second, choir, [A, C]), hears(third, choir, [A])]);
  expect(await lab.api.request("DELETE", mute)).toMatchObject({ status: 200, body: { muted: false } });
  await Promise.all([hears(first, choir, [B, C]), hears(third, choir, [A, B])]);

  expect(await change({ locked: true })).toMatchObject({ status: 200 });
  const late = await lab.dial(number);
  await late.heard(AFTERWARDS);
  await late.ended();
  expect(await members()).toHaveLength(3);

  expect(await kick(third)).toMatchObject({ status: 200, body: { status: "leaved", leave_reason: "kicked" } });
  await third.heard(AFTERWARDS);
  await third.ended();
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  // Two are left: neither is told who the other is, nor asked for its audio anew.
  expect([first, second].flatMap(({ story }) => story.happenings.filter(({ type }) => type === "request"))).toEqual([]);

  expect(await lab.api.request("DELETE", `/conferences/${id}`)).toMatchObject({ status: 200 });
  await Promise.all([first, second].map((call) => call.heard(AFTERWARDS)));
  await Promise.all([first, second].map((call) => call.ended()));
  expect((await lab.api.request("GET", `/conferences/${id}`)).status).toBe(404);
  expect(await stays()).toMatchObject([
    { id: third.stayId, status: "leaved", leave_reason: "kicked" },
    { id: second.stayId, status: "leaved", leave_reason: "ended" },
    { id: first.stayId, status: "leaved", leave_reason: "ended" },
  ]);
});

test("a phone that numbers its packets anew, and lower, after a hold is heard by the others again", async () => {
  const { enter } = await conference();
  const [first, second] = [await enter(choir, A), await enter(choir, B)];
  const third = await enter(choir, C, await lab.phone({ renumbers: true }));
  const allHear = () =>
    Promise.all([hears(first, choir, [B, C]), hears(second, choir, [A, C]), hears(third, choir, [A, B])]);
  await allHear();
  await hold(lab, third);
  expect((await third.offer("sendrecv")).status).toBe(200);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  sing(third, choir, C);
  await allHear();
});

test("a call to the id of a conference gets in; one to the id of another that is over is refused", async () => {
  const { id, enter, members } = await conference();
  const first = await enter(choir, A);
  const second = await lab.dial(id);
  await second.answered();
  sing(second, choir, B);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  expect(await lab.recordOf(id)).toMatchObject({
    destination: { type: "conference", target: id, target_name: "test" },
    flow_id: null,
    status: "progressing",
  });
  expect(await members()).toHaveLength(2);
  await lab.api.request("DELETE", `/conferences/${id}`);
  await Promise.all([first, second].map((call) => call.ended()));
  const late = await lab.dial(id);
  expect(await late.ended()).toMatchObject({ by: "refused", status: 404 });
});

test("one whose time is up lets everybody go, also when nobody was there to see it", async () => {
  const soon = await conference({ timeout: 4 });
  const later = await conference({ timeout: 8 });
  const [first, second] = [await soon.enter(choir, A), await later.enter(choir, B)];
  await first.heard(AFTERWARDS);
  await first.ended();
  await lab.ringdown.kill();
  await eventually("its time", async () => second.story.nowMs() > 9_000, 12_000);
  await lab.ringdown.start();
  await second.heard(AFTERWARDS);
  await second.ended();
  for (const { shown, stays } of [soon, later]) {
    await eventually("its end", async () => (await shown()).status === "terminated");
    expect(await stays()).toMatchObject([{ status: "leaved", leave_reason: "ended" }]);
  }
});

/** How many of the chords that a call has heard since then lack somebody: a busy machine loses a packet now and then. */
const holesSince = (call: Call, place: number, wanted: readonly number[]) => {
  const chords = chordsSince(call, choir, place);
  const holes = chords.filter((chord) => wanted.some((frequency) => !chord.includes(frequency)));
  return { chords: chords.length, holes: holes.length };
};

test("killed, it keeps its members: they hear each other all the time", async () => {
  const { enter, members, number } = await conference();
  const calls = [await enter(choir, A), await enter(choir, B), await enter(choir, C)] as const;
  const [first, second, third] = calls;
  const all = () =>
    Promise.all([hears(first, choir, [B, C]), hears(second, choir, [A, C]), hears(third, choir, [A, B])]);
  await all();
  const places = calls.map(placeIn);
  await lab.ringdown.kill();
  const killedMs = first.story.nowMs();
  await eventually("a while without Ringdown", () => first.story.nowMs() - killedMs > 2_000);
  await all();
  await lab.ringdown.start();
  expect(await members()).toHaveLength(3);
  const startedMs = first.story.nowMs();
  await eventually("a while with it again", () => first.story.nowMs() - startedMs > 1_000);
  await all();
  for (const [index, wanted] of [
    [B, C],
    [A, C],
    [A, B],
  ].entries()) {
    const call = calls[index];
    if (!call) throw new Error("three calls were made");
    const { chords, holes } = holesSince(call, places[index] ?? 0, wanted);
    expect(chords).toBeGreaterThan(30);
    expect(holes).toBeLessThanOrEqual(chords * 0.05);
  }
  // Ringdown knows them all again: it can take one out, hears one hang up, and finds the last one alone.
  await kick(third);
  await third.heard(AFTERWARDS);
  await third.ended();
  await second.hangup();
  await hearsMusic(first);
  await first.hangup();
  const records = (await lab.api.list("/calls")).filter(({ destination }) => Object(destination).target === number);
  for (const { id } of records) {
    const timeline = await lab.api.list(`/calls/${id}/timeline`);
    expect(factsOf(timeline, "conference_joined")).toHaveLength(1);
  }
});

test("who hung up while Ringdown was away is out on record, and who is left alone hears music", async () => {
  const { enter, stays } = await conference();
  const [first, second] = [await enter(choir, A), await enter(choir, B)];
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await lab.ringdown.kill();
  await second.hangup();
  await lab.ringdown.start();
  await hearsMusic(first);
  await eventually("the record", async () =>
    (await stays()).some(
      ({ id, status, leave_reason }) => id === second.stayId && status === "leaved" && leave_reason === "hangup",
    ),
  );
  await first.hangup();
  await eventually("the other record", async () => (await stays()).every(({ status }) => status === "leaved"));
});

test("thirty all hear each other, and nobody themselves", async () => {
  const many = choirOfMany(30);
  const { number, members } = await conference();
  const calls = await Promise.all(
    many.frequencies.map(async (frequency) => {
      const call = await lab.dial(number);
      await call.answered(30_000);
      sing(call, many, frequency);
      return { call, frequency };
    }),
  );
  await eventually("thirty members", async () => (await members()).length === 30, 30_000);
  await Promise.all(
    calls.map(({ call, frequency }) =>
      hears(
        call,
        many,
        many.frequencies.filter((other) => other !== frequency),
        100,
      ),
    ),
  );
  await Promise.all(calls.map(({ call }) => call.hangup()));
  await eventually("nobody in it", async () => (await members()).length === 0);
});

test("a conference is recorded, over a crash, until the last has left; everybody is on it", async () => {
  const { enter, shown, id } = await conference();
  const path = `/conferences/${id}/recording_start`;
  expect(await lab.api.request("POST", path)).toMatchObject({
    status: 409,
    body: { error: { reason: "CONFERENCE_EMPTY" } },
  });
  const [first, second] = [await enter(choir, A), await enter(choir, B)];
  const started = Object((await lab.api.request("POST", path, { format: "mp3" })).body);
  expect(started.recording_id).toEqual(expect.any(String));
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await lab.ringdown.kill();
  await lab.ringdown.start();
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  expect(await shown()).toMatchObject({ recording_id: started.recording_id });
  await second.hangup();
  await hearsMusic(first);
  await first.hangup();
  const recording = await eventually("its file", async () => {
    const [one] = await recordingsOf(lab, String(started.confbridge_id));
    return one?.status === "ended" ? one : undefined;
  });
  expect(recording).toMatchObject({ end_reason: "hangup", reference_type: "confbridge", fault: null });
  expect((await samplesIn(lab, recording)).some((part) => soundingIn(part, [A, B]).length === 2)).toBe(true);
  expect(await shown()).toMatchObject({ recording_id: null, recording_ids: [recording.id] });
});

test.each([
  ["silence", { end_of_silence: 1 }, "silence"],
  ["its time", { duration: 2 }, "duration"],
])("%s ends the recording of a conference, which goes on", async (_what, option, end_reason) => {
  const { id, number, members, shown } = await conference();
  const calls = [await lab.dial(number), await lab.dial(number)];
  await eventually("both", async () => (await members()).length === 2);
  await Promise.all(calls.map((call) => call.answered()));
  const { confbridge_id } = Object((await lab.api.request("POST", `/conferences/${id}/recording_start`, option)).body);
  await calls[0]?.say(words(C));
  const recording = await eventually("its file", async () => {
    const [one] = await recordingsOf(lab, String(confbridge_id));
    return one?.status === "ended" ? one : undefined;
  });
  expect(recording).toMatchObject({ end_reason, fault: null });
  expect((await listenTo(lab, recording)).channels).toEqual([[C]]);
  // Asterisk counts whole seconds, and looks with each packet.
  if (end_reason === "duration") expect(Math.abs((recording.duration_ms ?? 0) - 2_000)).toBeLessThan(1_100);
  expect(await shown()).toMatchObject({ recording_id: null, recording_ids: [recording.id], status: "progressing" });
  expect(await members()).toHaveLength(2);
});

test("a recording of a conference that is stopped leaves the conference as it is", async () => {
  const { enter, id } = await conference();
  const [first, second] = [await enter(choir, A), await enter(choir, B)];
  const { confbridge_id } = Object((await lab.api.request("POST", `/conferences/${id}/recording_start`)).body);
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  expect(await lab.api.request("POST", `/conferences/${id}/recording_stop`)).toMatchObject({
    status: 200,
    body: { recording_id: null },
  });
  await eventually("its file", async () => (await recordingsOf(lab, String(confbridge_id)))[0]?.status === "ended");
  await Promise.all([hears(first, choir, [B]), hears(second, choir, [A])]);
  await Promise.all([first.hangup(), second.hangup()]);
});
