import { expect, test } from "vitest";
import { sip } from "../../support/addresses.ts";
import { makeQueue } from "../../support/call-centre.ts";
import { eventually } from "../../support/eventually.ts";
import { startLab } from "../../support/lab.ts";
import { silence } from "../../support/tones.ts";
import { comeBack, holdAndComeBack, hold as holdPhone } from "../support/held.ts";
import {
  inOrder,
  listenTo,
  record,
  recordingOf,
  recordingsOf,
  stopRecording,
  tracksOf,
  words,
} from "../support/recorded.ts";
import { aftermathOf, crash, longPrompt, prompt, stored } from "./support.ts";

const lab = await startLab();
const [SAID, HEARD, PARTNER, LATER] = [440, 850, 620, 1_100];
const answer = { type: "answer" };
const hold = (duration: number) => ({ type: "sleep", option: { duration } });

test.each([
  ["wav", "audio/wav", "RIFF"],
  ["mp3", "audio/mpeg", undefined],
  ["ogg", "audio/ogg", "OggS"],
])("a call is recorded as %s, both sides in their order, and its flow is told", async (format, type, magic) => {
  const call = await lab.call([answer, record({ format }), prompt(lab, HEARD), hold(60_000)]);
  await call.heard(HEARD);
  await call.quiet(200);
  await call.say(words(SAID));
  await call.hangup();
  const recording = await recordingOf(lab, call.number);
  expect(recording).toMatchObject({ format, end_reason: "hangup", channels: 1, reference_type: "call", fault: null });
  const heard = await listenTo(lab, recording);
  expect(heard).toMatchObject({ type, channels: [[HEARD, SAID]] });
  if (magic) expect(heard.magic).toBe(magic);
  const { variables, facts, record: ended } = await aftermathOf(lab, call.number);
  expect(variables).toMatchObject({ "voipbin.recording.id": recording.id, "voipbin.recording.format": format });
  await eventually(
    "the end on the timeline",
    async () => (await aftermathOf(lab, call.number)).facts("recording_finished")[0],
  );
  expect(facts("recording_started")).toHaveLength(1);
  expect(ended).toMatchObject({ recording_id: null, recording_ids: [recording.id] });
});

test("two channels have the caller left, the others right, in step", async () => {
  const call = await lab.call([answer, record({ channels: 2 }), prompt(lab, HEARD), hold(60_000)]);
  await call.heard(HEARD);
  await call.quiet(200);
  await call.say(words(SAID));
  await call.hangup();
  expect((await listenTo(lab, await recordingOf(lab, call.number))).channels).toEqual([[SAID], [HEARD]]);
});

test("a connected call is recorded without a gap, before, in and after it, over a crash", async () => {
  const bob = await lab.phone({ user: "bob" });
  const connect = { type: "connect", option: { destinations: [sip(bob)] } };
  const call = await lab.call([answer, record(), prompt(lab, HEARD), connect, prompt(lab, LATER), stopRecording]);
  const ringing = await bob.rings();
  ringing.answer();
  await ringing.answered();
  await call.say(words(SAID));
  await ringing.heard(SAID);
  await crash(lab);
  await ringing.say(words(PARTNER));
  await call.heard(PARTNER);
  await ringing.hangup();
  await call.ended();
  const recording = await recordingOf(lab, call.number);
  expect(recording).toMatchObject({ end_reason: "stopped" });
  expect((await listenTo(lab, recording)).channels).toEqual([[HEARD, SAID, PARTNER, LATER]]);
  expect(await recordingsOf(lab, (await lab.recordOf(call.number)).id)).toHaveLength(1);
});

/** Each numbers its packets lower than the one before: to Asterisk as Debian builds it, these look late. */
const [FIRST, LOWER, LOWEST] = [30_000, 20_000, 10_000];

test("whoever talks with a recorded call, one after the other, is on the recording as long as they spoke, over a crash", async () => {
  const [SECOND, AGENT, WAITING] = [1_400, 1_700, 2_050];
  const [bob, carol, anna] = await Promise.all([
    lab.phone({ user: "bob", firstSequence: FIRST }),
    lab.phone({ user: "carol", firstSequence: LOWER }),
    lab.phone({ user: "anna", firstSequence: LOWEST }),
  ]);
  const queue = await makeQueue(lab, { wait_flow_id: await lab.flow([prompt(lab, WAITING), hold(60_000)]) });
  const call = await lab.call([
    ...[answer, record({ channels: 2 })],
    ...[bob, carol].map((phone) => ({ type: "connect", option: { destinations: [sip(phone)] } })),
    ...[queue.join, prompt(lab, LATER), stopRecording],
  ]);
  const talk = async (phone: typeof bob, frequency: number) => {
    const ringing = await phone.rings();
    ringing.answer();
    await ringing.answered();
    await call.say(words(SAID));
    await ringing.heard(SAID);
    await ringing.say(words(frequency));
    await call.heard(frequency);
    await ringing.hangup();
  };
  await talk(bob, PARTNER);
  await talk(carol, SECOND);
  await call.heard(WAITING);
  await crash(lab);
  await queue.agent({ phone: anna });
  await talk(anna, AGENT);
  await call.ended();

  const [caller, others] = await tracksOf(lab, await recordingOf(lab, call.number));
  expect(inOrder(others)).toEqual([PARTNER, SECOND, WAITING, AGENT, LATER]);
  expect(inOrder(caller)).toEqual([SAID]);
  // All pieces of a tone: a starved machine leaves holes.
  const spokenMs = (wanted: number | undefined) =>
    [...caller, ...others].reduce((sum, { frequency, durationMs }) => sum + (frequency === wanted ? durationMs : 0), 0);
  expect(Math.abs(spokenMs(SAID) - 3 * 400)).toBeLessThan(250);
  for (const frequency of [PARTNER, SECOND, AGENT]) expect(Math.abs(spokenMs(frequency) - 400)).toBeLessThan(150);
});

test("phones that number their packets anew, and lower, after each hold are on the recording as long as they spoke, over a crash", async () => {
  // Held, one hears music, which has lower notes.
  const [PARTNER, AGENT] = [2_050, 1_700];
  const [phone, bob, anna] = await Promise.all(
    ["caller", "bob", "anna"].map((user) => lab.phone({ user, renumbers: true })),
  );
  if (!phone || !bob || !anna) throw new Error("three phones");
  const queue = await makeQueue(lab, { wait_flow_id: await lab.flow([hold(60_000)]) });
  const number = await lab.route([
    ...[answer, record({ channels: 2 }), { type: "talk", option: { text: "Hello" } }],
    { type: "digits_receive", option: { key: "#", duration: 60_000 } },
    ...[{ type: "connect", option: { destinations: [sip(bob)] } }, queue.join, prompt(lab, LATER), stopRecording],
  ]);
  const call = await phone.dial(number);
  await stored(lab, number, "action_started", 4);
  for (const _ of [1, 2]) {
    await call.say(words(SAID));
    await holdAndComeBack(lab, call);
  }
  await call.say(words(SAID));
  await call.press("#");

  // When half a second of one side waits unread, Asterisk's listeners throw away that of the other too, which on a starved
  // machine has come late: so the other side speaks after that.
  const overtaken = silence(700);
  const talk = async (other: typeof bob, frequency: number, crashes: boolean) => {
    const ringing = await other.rings();
    ringing.answer();
    await ringing.answered();
    await call.say(words(SAID));
    await ringing.heard(SAID);
    for (const holder of [call, ringing]) {
      await holdPhone(lab, holder);
      if (crashes) await crash(lab);
      await comeBack(lab, holder);
      await call.say(words(SAID));
      await ringing.heard(SAID);
      await call.say(overtaken);
      await ringing.say(words(frequency));
      await call.heard(frequency);
    }
    await ringing.hangup();
  };
  await talk(bob, PARTNER, true);
  await queue.agent({ phone: anna });
  await talk(anna, AGENT, false);
  await call.ended();

  const [caller, others] = await tracksOf(lab, await recordingOf(lab, number));
  const spokenMs = (tones: typeof caller, wanted: number) =>
    tones.reduce((sum, { frequency, durationMs }) => sum + (frequency === wanted ? durationMs : 0), 0);
  expect(Math.abs(spokenMs(caller, SAID) - 9 * 400)).toBeLessThan(400);
  for (const frequency of [PARTNER, AGENT]) expect(Math.abs(spokenMs(others, frequency) - 800)).toBeLessThan(200);
});

test("a phone that numbers its packets anew, and lower, in the middle of a prompt is recorded from the prompt's end on", async () => {
  const phone = await lab.phone({ renumbers: true });
  const number = await lab.route([answer, record(), longPrompt(lab, HEARD, 3_000), prompt(lab, LATER), hold(60_000)]);
  const call = await phone.dial(number);
  await call.heard(HEARD);
  await holdAndComeBack(lab, call);
  await call.heard(LATER);
  await call.quiet(200);
  await call.say(words(SAID));
  await call.hangup();
  expect((await listenTo(lab, await recordingOf(lab, number))).channels).toEqual([[HEARD, LATER, SAID]]);
});

test.each([
  ["its key", { end_of_key: "#" }, "key"],
  ["silence", { end_of_silence: 1 }, "silence"],
  ["its time", { duration: 2 }, "duration"],
])("%s ends a recording, and the flow goes on", async (_what, option, end_reason) => {
  const call = await lab.call([answer, record(option), prompt(lab, HEARD), hold(60_000)]);
  await call.heard(HEARD);
  if (end_reason === "key") await call.press("1#");
  const recording = await recordingOf(lab, call.number);
  expect(recording).toMatchObject({ end_reason });
  expect((await listenTo(lab, recording)).channels).toEqual([[HEARD]]);
  expect(await lab.recordOf(call.number)).toMatchObject({ status: "progressing", recording_id: null });
  await call.hangup();
});

test("a beep tells that it begins", async () => {
  const call = await lab.call([answer, record({ beep_start: true }), prompt(lab, HEARD)]);
  await call.ended();
  const beep = call.blocks().findIndex(({ heard }) => heard === "other");
  const after = call.blocks().findIndex(({ heard }) => heard === HEARD);
  expect(beep).toBeGreaterThanOrEqual(0);
  expect(beep).toBeLessThan(after);
  await recordingOf(lab, call.number);
});

test("killed while it records, it records on, and the whole is one file", async () => {
  const call = await lab.call([answer, record(), hold(60_000)]);
  await stored(lab, call.number, "recording_started");
  await call.say(words(SAID));
  await lab.ringdown.kill();
  await call.say(words(PARTNER));
  await lab.ringdown.start();
  await call.say(words(LATER));
  await call.hangup();
  const recording = await recordingOf(lab, call.number);
  expect((await listenTo(lab, recording)).channels).toEqual([[SAID, PARTNER, LATER]]);
});

test("who hangs up while nobody is there has a whole recording still", async () => {
  const call = await lab.call([answer, record(), hold(60_000)]);
  await stored(lab, call.number, "recording_started");
  await call.say(words(SAID));
  await lab.ringdown.kill();
  await call.say(words(PARTNER));
  await call.hangup();
  await lab.ringdown.start();
  const recording = await recordingOf(lab, call.number);
  expect(recording).toMatchObject({ end_reason: "hangup" });
  expect((await listenTo(lab, recording)).channels).toEqual([[SAID, PARTNER]]);
});

test("a call that nobody has answered is not recorded, which is on its timeline, and its flow goes on", async () => {
  const call = await lab.call([record(), prompt(lab, HEARD)]);
  await call.ended();
  const { facts, record: ended } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toMatchObject([{ action: "recording_start" }]);
  expect(await recordingsOf(lab, String(ended.id))).toEqual([]);
});

test("a flow whose format is unknown is refused, with what would do", async () => {
  const answered = await lab.api.request("POST", "/flows", { name: "bad", actions: [record({ format: "flac" })] });
  expect(answered).toMatchObject({ status: 400 });
  expect(JSON.stringify(answered.body)).toContain("format");
});

test("a recording is played back by its address", async () => {
  const call = await lab.call([
    ...[answer, record({ end_of_key: "#" })],
    { type: "digits_receive", option: { key: "#", duration: 60_000 } },
    { type: "play", option: { stream_urls: ["${voipbin.recording.url}"] } },
    prompt(lab, LATER),
  ]);
  await stored(lab, call.number, "recording_started");
  await call.say(words(SAID));
  await call.press("#");
  await call.heard(SAID);
  await call.heard(LATER);
  await call.ended();
  await recordingOf(lab, call.number);
});
