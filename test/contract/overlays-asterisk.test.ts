import { expect, test } from "vitest";
import { asteriskBridges } from "../../src/asterisk/bridges.ts";
import { asteriskChannelSound } from "../../src/asterisk/channel-sound.ts";
import type { Media } from "../../src/ports/media.ts";
import { file } from "../support/audio-server.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { soundingIn, tone, toneWav } from "../support/tones.ts";
import { type Arrived, asteriskCalls, partsOf, signal } from "./asterisk-calls.ts";

const { parts, connected, connection, audio } = asteriskCalls();
const sound = () => asteriskChannelSound(parts());
/** By a long name, as those of our media server are: Asterisk takes one of less than 35 characters for no file. */
const media = (frequency: number, durationMs: number): readonly Media[] => {
  const url = audio().serve(`/overlays/tone-${frequency}-${durationMs}.wav`, file(toneWav(frequency, durationMs)));
  return [{ kind: "builtin", uri: `sound:${url}` }];
};

const BLOCK_SAMPLES = 160;
const BLOCK_MS = 20;
/** How long these frequencies sounded together, in all. */
function heardMs(call: Call, ...frequencies: readonly number[]): number {
  const { pcm } = call.sound();
  const blocks = Array.from({ length: Math.floor(pcm.length / BLOCK_SAMPLES) }, (_, index) =>
    pcm.subarray(index * BLOCK_SAMPLES, (index + 1) * BLOCK_SAMPLES),
  );
  return blocks.filter((block) => soundingIn(block, frequencies).length === frequencies.length).length * BLOCK_MS;
}

/** What has been played may have to be read yet. */
const heardFor = (leastMs: number, call: Call, ...frequencies: readonly number[]) =>
  eventually(`${frequencies} Hz for ${leastMs} ms`, () => heardMs(call, ...frequencies) > leastMs);

async function startPrompt({ channelId }: Arrived, id: string, frequency: number, durationMs: number): Promise<void> {
  const [prompt] = media(frequency, durationMs).map((one) => (one.kind === "builtin" ? one.uri : ""));
  await connection().ari.channels.playWithId({ channelId, playbackId: id, media: [prompt ?? ""] });
}

async function inBridge(id: string, ...members: readonly Arrived[]): Promise<AsyncDisposable> {
  const { open, join, close } = asteriskBridges(parts());
  await open(id, signal);
  await join(
    id,
    members.map(({ channelId }) => channelId),
    signal,
  );
  return { [Symbol.asyncDispose]: () => close(id) };
}

test("what is played over a prompt is heard with it, and to its end when the prompt ends before", async () => {
  const anna = await connected();
  await startPrompt(anna, "prompt", 440, 1_000);
  await anna.call.heard(440);
  await sound().playOver(anna.channelId, "over.1", media(850, 1_500), signal);
  await heardFor(300, anna.call, 440, 850);
  await heardFor(1_200, anna.call, 850);
  await heardFor(900, anna.call, 440);
});

test("it is heard by one who hears nothing else, alone or alone in a bridge", async () => {
  const anna = await connected();
  await sound().playOver(anna.channelId, "over.2", media(850, 600), signal);
  await heardFor(450, anna.call, 850);
  await using _ = await inBridge("over.lone", anna);
  await sound().playOver(anna.channelId, "over.3", media(1_100, 600), signal);
  await heardFor(450, anna.call, 1_100);
});

test("it is heard over a partner, by whom it is meant for and by nobody else", async () => {
  const [anna, bert] = [await connected(), await connected()];
  await using _ = await inBridge("over.two", anna, bert);
  const saying = bert.call.say(tone(440, 1_500));
  await anna.call.heard(440);
  await sound().playOver(anna.channelId, "over.4", media(850, 600), signal);
  await saying;
  await heardFor(450, anna.call, 440, 850);
  expect(heardMs(bert.call, 850)).toBe(0);
  await anna.call.say(tone(1_700, 400));
  await bert.call.heard(1_700);
});

test("music goes on under it, and after it", async () => {
  const anna = await connected();
  await sound().startMusic(anna.channelId, signal);
  const music = () => anna.call.blocks().filter(({ heard }) => heard === "other").length;
  await eventually("music", () => music() > 25);
  await sound().playOver(anna.channelId, "over.5", media(2_450, 600), signal);
  await heardFor(450, anna.call, 2_450);
  const before = music();
  await eventually("music again", () => music() > before + 25);
  await sound().stopMusic(anna.channelId);
});

test("several come at once and are all heard; a repeated one is heard once", async () => {
  const anna = await connected();
  await startPrompt(anna, "long", 440, 3_000);
  await anna.call.heard(440);
  const { playOver } = sound();
  const over = (id: string, frequency: number) => playOver(anna.channelId, id, media(frequency, 600), signal);
  const first = over("over.6", 850);
  await eventually("the first", () => heardMs(anna.call, 850) > 100);
  await Promise.all([first, over("over.6", 850), over("over.7", 1_400), over("over.8", 2_050)]);
  for (const frequency of [850, 1_400, 2_050]) {
    await heardFor(450, anna.call, frequency);
    expect(heardMs(anna.call, frequency)).toBeLessThan(800);
  }
});

test("what an earlier process began is waited for, and cleared away; what had ended too", async () => {
  const anna = await connected();
  const dying = new AbortController();
  const dead = asteriskChannelSound(partsOf(connection(), dying.signal));
  const begun = dead.playOver(anna.channelId, "over.9", media(850, 1_000), dying.signal);
  await eventually("it sounds", () => heardMs(anna.call, 850) > 100);
  dying.abort(new Error("killed"));
  await expect(begun).rejects.toThrow();
  await sound().finishOver(anna.channelId, "over.9", signal);
  await heardFor(850, anna.call, 850);
  await sound().finishOver(anna.channelId, "over.9", signal);
  const { ari } = connection();
  await ari.channels.snoopChannelWithId({
    channelId: anna.channelId,
    snoopId: "over.10",
    whisper: "out",
    app: "ringdown",
  });
  await sound().finishOver(anna.channelId, "over.10", signal);
  await eventually("nothing else", async () => (await ari.channels.list()).length === 1);
});

test("it ends when nobody wants it any more, or with the call; what can't be played fails", async () => {
  const anna = await connected();
  const choice = new AbortController();
  const stopped = sound().playOver(anna.channelId, "over.11", media(850, 5_000), choice.signal);
  await eventually("it sounds", () => heardMs(anna.call, 850) > 100);
  choice.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  const missing = [{ kind: "builtin", uri: "sound:no-such-sound" }] as const;
  await expect(sound().playOver(anna.channelId, "over.12", missing, signal)).rejects.toMatchObject({
    fault: "refused",
  });
  const cut = sound().playOver(anna.channelId, "over.13", media(850, 5_000), signal);
  await eventually("it sounds again", () => heardMs(anna.call, 850) > 300);
  await anna.call.hangup();
  await Promise.allSettled([cut]);
  await expect(sound().playOver(anna.channelId, "over.14", media(850, 100), signal)).rejects.toMatchObject({
    fault: "gone",
  });
});
