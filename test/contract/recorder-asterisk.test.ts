import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { asteriskBridges } from "../../src/asterisk/bridges.ts";
import { asteriskRecorder } from "../../src/asterisk/recorder.ts";
import type { Recorder, Take, TrackName } from "../../src/ports/recorder.ts";
import { inOrder } from "../integration/support/recorded.ts";
import { eventually } from "../support/eventually.ts";
import { hear, samplesOf, silence, tone } from "../support/tones.ts";
import { type Arrived, asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, download, connected, connection, asterisk } = asteriskCalls();
const [SAID, HEARD, LEFT_OUT] = [440, 850, 1_400];

/** A recorder, and the takes that it told the end of, and the silence. */
function recording(): Recorder & { readonly ended: string[]; readonly silent: string[] } {
  const recorder = asteriskRecorder({ ...parts(), download: download() });
  const [ended, silent]: [string[], string[]] = [[], []];
  recorder.onEnded((takeId) => void ended.push(takeId));
  recorder.onSilence((takeId) => void silent.push(takeId));
  return { ...recorder, ended, silent };
}

const takeOf = ({ channelId }: Arrived, changes: Partial<Take> = {}): Take => ({
  id: randomUUID(),
  source: { kind: "channel", id: channelId },
  channels: 1,
  silenceSeconds: 0,
  durationSeconds: 0,
  ...changes,
});

type Heard = { readonly tones: readonly number[]; readonly durationMs: number; readonly rateHz: number };

/** What is in the files of a take, by track; nothing of it is left in Asterisk. */
async function contentOf({ fetch, remove }: Recorder, take: Take): Promise<Partial<Record<TrackName, Heard>>> {
  const folder = await mkdtemp(join(tmpdir(), "ringdown-take-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = await fetch(take, folder, signal);
  await remove(take);
  await remove(take);
  expect(await fetch(take, folder, signal)).toEqual([]);
  return Object.fromEntries(files.map(({ track, path }) => [track, heardIn(readFileSync(path))]));
}

function heardIn(file: Buffer): Heard {
  const rateHz = file.readUInt32LE(24);
  const pcm = samplesOf(file);
  const tones = inOrder(hear(pcm, [SAID, HEARD, LEFT_OUT], rateHz));
  return { tones, durationMs: (pcm.length / rateHz) * 1_000, rateHz };
}

const prompt = ({ channelId }: Arrived, frequency: number) =>
  connection().ari.channels.play({ channelId, media: [`tone:!${frequency}/400`] });

/** The caller speaks, then hears something. */
async function speakAndListen(arrived: Arrived, rateHz = 8_000): Promise<void> {
  await arrived.call.say(tone(SAID, 400, rateHz));
  await prompt(arrived, HEARD);
  await arrived.call.heard(HEARD);
  await arrived.call.quiet(200);
}

test("what a call says and hears is in one file, and a repeat of anything does no harm", async () => {
  const anna = await connected();
  const { start, stop, isRunning, ended, ...recorder } = recording();
  const take = takeOf(anna);
  await start(take, signal);
  await start(take, signal);
  expect(await isRunning(take, signal)).toBe(true);
  await speakAndListen(anna);
  await stop(take);
  await stop(take);
  expect(await isRunning(take, signal)).toBe(false);
  await start(take, signal);
  expect(await isRunning(take, signal)).toBe(false);
  await eventually("the news of its end", () => ended.includes(take.id));
  const { mixed } = await contentOf({ start, stop, isRunning, ...recorder }, take);
  expect(mixed).toMatchObject({ tones: [SAID, HEARD], rateHz: 8_000 });
});

test("two channels are two files in step: what the caller says, and what the caller hears", async () => {
  const anna = await connected();
  const recorder = recording();
  const take = takeOf(anna, { channels: 2, silenceSeconds: 60 });
  await recorder.start(take, signal);
  await speakAndListen(anna);
  await recorder.stop(take);
  const { caller, others, mixed } = await contentOf(recorder, take);
  expect([caller?.tones, others?.tones, mixed]).toEqual([[SAID], [HEARD], undefined]);
  expect(Math.abs((caller?.durationMs ?? 0) - (others?.durationMs ?? 0))).toBeLessThanOrEqual(300);
});

test("a call of wideband audio is recorded as such", async () => {
  const anna = await connected({ codecs: ["g722"] });
  const recorder = recording();
  const take = takeOf(anna);
  await recorder.start(take, signal);
  await prompt(anna, HEARD);
  await anna.call.heard(HEARD);
  await anna.call.quiet(200);
  await recorder.stop(take);
  expect((await contentOf(recorder, take)).mixed).toMatchObject({ tones: [HEARD], rateHz: 16_000 });
});

test.each([1, 2])("what is said in a pause is left out of %i channels, and takes no time there", async (channels) => {
  const anna = await connected();
  const recorder = recording();
  const take = takeOf(anna, { channels });
  await recorder.start(take, signal);
  await anna.call.say(tone(SAID, 400));
  await recorder.pause(take);
  await recorder.pause(take);
  // Asterisk does it when it comes to it, behind the audio that it has yet to write.
  await anna.call.say(silence(500));
  await anna.call.say(tone(LEFT_OUT, 1_000));
  await anna.call.say(silence(200));
  await recorder.resume(take);
  await recorder.resume(take);
  await anna.call.say(silence(200));
  await anna.call.say(tone(HEARD, 400));
  await recorder.stop(take);
  const { caller, mixed } = await contentOf(recorder, take);
  const content = channels === 1 ? mixed : caller;
  expect(content?.tones).toEqual([SAID, HEARD]);
  expect(content?.durationMs).toBeLessThan(1_900);
});

test.each([1, 2])("a take tells that it is silent, keeps what was said, and goes on: %i channels", async (channels) => {
  const anna = await connected({ codecs: ["g722"] });
  const { start, resume, stop, isSilent, isRunning, silent, ended, ...recorder } = recording();
  const take = takeOf(anna, { silenceSeconds: 1, channels });
  await start(take, signal);
  expect(await isSilent(take)).toBe(false);
  await speakAndListen(anna, 16_000);
  await eventually("silence", () => silent.includes(take.id));
  expect([await isSilent(take), await isRunning(take, signal), ended]).toEqual([true, true, []]);
  await resume(take);
  expect(await isSilent(take)).toBe(false);
  await eventually("silence again", () => isSilent(take));
  await stop(take);
  expect(await isSilent(take)).toBe(false);
  const { mixed, caller } = await contentOf({ start, resume, stop, isSilent, isRunning, ...recorder }, take);
  expect(mixed ?? caller).toMatchObject({ tones: channels === 1 ? [SAID, HEARD] : [SAID], rateHz: 16_000 });
});

test("a take ends by itself when its time is up", async () => {
  const anna = await connected();
  const recorder = recording();
  const take = takeOf(anna, { durationSeconds: 2 });
  await recorder.start(take, signal);
  await speakAndListen(anna);
  await eventually("its end", () => recorder.ended.includes(take.id));
  await recorder.stop(take);
  const { mixed, caller } = await contentOf(recorder, take);
  expect((mixed ?? caller)?.tones).toContain(SAID);
});

test("a hangup ends a take, whose file stays", async () => {
  const anna = await connected();
  const recorder = recording();
  const take = takeOf(anna);
  await recorder.start(take, signal);
  await anna.call.say(tone(SAID, 400));
  await anna.call.hangup();
  await eventually("its end", () => recorder.ended.includes(take.id));
  expect(await recorder.isRunning(take, signal)).toBe(false);
  await recorder.pause(take);
  await recorder.resume(take);
  expect((await contentOf(recorder, take)).mixed?.tones).toEqual([SAID]);
  await expect(recorder.start(takeOf(anna), signal)).rejects.toMatchObject({ fault: "gone" });
});

test("everybody in a bridge is in one file", async () => {
  const [anna, bert] = [await connected(), await connected()];
  const { open, join: enter, close } = asteriskBridges(parts());
  await open("recorded", signal);
  await enter("recorded", [anna.channelId, bert.channelId], signal);
  const recorder = recording();
  const take = takeOf(anna, { source: { kind: "bridge", id: "recorded" }, silenceSeconds: 1 });
  await recorder.start(take, signal);
  await recorder.start(take, signal);
  await anna.call.say(tone(SAID, 400));
  await bert.call.say(tone(HEARD, 400));
  await eventually("silence", () => recorder.silent.includes(take.id));
  expect(await recorder.isSilent(take)).toBe(true);
  await recorder.resume(take);
  expect(await recorder.isSilent(take)).toBe(false);
  await recorder.stop(take);
  await close("recorded");
  expect((await contentOf(recorder, take)).mixed?.tones).toEqual([SAID, HEARD]);
});

test("forty at once are recorded, every one", async () => {
  const calls: Arrived[] = [];
  for (let index = 0; index < 40; index++) calls.push(await connected());
  const recorder = recording();
  const takes = calls.map((call) => takeOf(call));
  await Promise.all(takes.map((take) => recorder.start(take, signal)));
  for (const take of takes) expect(await recorder.isRunning(take, signal)).toBe(true);
  await Promise.all(takes.map((take) => recorder.stop(take)));
  for (const take of takes) await recorder.remove(take);
});

test("what Asterisk had written when it was killed is there when it is back", async () => {
  const anna = await connected();
  const recorder = recording();
  const take = takeOf(anna);
  await recorder.start(take, signal);
  // It writes 32 KiB at a time, two seconds of a call.
  await anna.call.say(tone(SAID, 5_000));
  await asterisk().kill();
  await asterisk().start();
  await connection().whenUp(signal);
  expect(await recorder.isRunning(take, signal)).toBe(false);
  expect((await contentOf(recorder, take)).mixed?.tones).toEqual([SAID]);
});
