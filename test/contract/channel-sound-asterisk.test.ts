import { expect, test } from "vitest";
import { asteriskBridges } from "../../src/asterisk/bridges.ts";
import { asteriskChannelSound } from "../../src/asterisk/channel-sound.ts";
import type { Call } from "../support/call.ts";
import { eventually } from "../support/eventually.ts";
import { silence, soundingIn, tone } from "../support/tones.ts";
import { type Arrived, asteriskCalls, signal } from "./asterisk-calls.ts";

const { parts, connected, connection, dialIn, audio } = asteriskCalls();
const sound = () => asteriskChannelSound(parts());

/** The two frequencies of the ring tone of `indications.conf`. */
const RING = [440, 480];
const RING_WINDOW_MS = 100;
const SAMPLES_PER_MS = 8;

const windowsSince = (call: Call, sample: number, windowMs: number): readonly Int16Array[] => {
  const pcm = call.sound().pcm.subarray(sample);
  const size = windowMs * SAMPLES_PER_MS;
  return Array.from({ length: Math.floor(pcm.length / size) }, (_, index) =>
    pcm.subarray(index * size, (index + 1) * size),
  );
};
const now = (call: Call): number => call.sound().pcm.length;
const heardRinging = (call: Call) =>
  eventually("the ring tone", () =>
    windowsSince(call, 0, RING_WINDOW_MS).some((window) => soundingIn(window, RING).length === RING.length),
  );
/** Music is sound that is no tone. */
const heardMusic = (call: Call, fromBlock: number) =>
  eventually(
    "music",
    () =>
      call
        .blocks()
        .slice(fromBlock)
        .filter(({ heard }) => heard === "other").length > 25,
  );
const nothingMore = async (call: Call) => {
  const received = call.blocks().length;
  await call.quiet(300);
  return call
    .blocks()
    .slice(received + 25)
    .filter(({ heard }) => heard !== "silence");
};

const inBridge = (id: string, ...members: readonly Arrived[]) => inBridgeOf(id, members, { direct: false });

async function inBridgeOf(
  id: string,
  members: readonly Arrived[],
  options: { readonly direct: boolean },
): Promise<AsyncDisposable> {
  const { open, join, close } = asteriskBridges(parts());
  await open(id, signal, options);
  await join(
    id,
    members.map(({ channelId }) => channelId),
    signal,
  );
  return { [Symbol.asyncDispose]: () => close(id) };
}

test("ringing is SIP 180 before the answer, and may be told again", async () => {
  const { call, channelId } = await dialIn();
  // The dialplan's own.
  await call.progressed();
  await sound().startRinging(channelId, signal);
  await eventually("a second 180", () => call.statuses().filter((status) => status === 180).length === 2);
  await sound().stopRinging(channelId);
});

test("early media opens the way for sound before the answer", async () => {
  const { call, channelId } = await dialIn();
  await sound().openEarlyMedia(channelId, signal);
  await eventually("a 183", () => call.statuses().includes(183));
  await sound().startRinging(channelId, signal);
  await heardRinging(call);
  expect(call.story.answeredMs()).toBeUndefined();
});

test("ringing is a tone after the answer, until it is stopped; also alone in a bridge", async () => {
  const anna = await connected();
  const { startRinging, stopRinging } = sound();
  await startRinging(anna.channelId, signal);
  await startRinging(anna.channelId, signal);
  await heardRinging(anna.call);
  await stopRinging(anna.channelId);
  expect(await nothingMore(anna.call)).toEqual([]);
  await using _ = await inBridge("ring.lone", anna);
  const from = now(anna.call);
  await startRinging(anna.channelId, signal);
  await eventually("the tone in the bridge", () =>
    windowsSince(anna.call, from, RING_WINDOW_MS).some((window) => soundingIn(window, RING).length === 2),
  );
  await stopRinging(anna.channelId);
  await stopRinging(anna.channelId);
  expect(await nothingMore(anna.call)).toEqual([]);
});

test("one who is alone in a bridge hears music, and none when it is stopped", async () => {
  const anna = await connected();
  await using _ = await inBridge("music.lone", anna);
  const { startMusic, stopMusic } = sound();
  await startMusic(anna.channelId, signal);
  await startMusic(anna.channelId, signal);
  await heardMusic(anna.call, 0);
  await stopMusic(anna.channelId);
  await stopMusic(anna.channelId);
  expect(await nothingMore(anna.call)).toEqual([]);
});

test.each([false, true])(
  "music drowns a partner who speaks; afterwards they talk as before (direct: %s)",
  async (direct) => {
    const [anna, bert] = [await connected(), await connected()];
    await using _ = await inBridgeOf(`music.two.${direct}`, [anna, bert], { direct });
    const { makeOwn, startMusic, stopMusic } = sound();
    await makeOwn(anna.channelId, signal);
    await startMusic(anna.channelId, signal);
    await heardMusic(anna.call, 0);
    const from = now(anna.call);
    await bert.call.say(tone(2_450, 600));
    expect(windowsSince(anna.call, from, 20).filter((window) => soundingIn(window, [2_450]).length > 0)).toEqual([]);
    await stopMusic(anna.channelId);
    // The music that is still on its way would cover the beginning.
    await anna.call.quiet(100);
    await bert.call.say(tone(620, 400));
    await anna.call.heard(620);
  },
);

test.each([false, true])(
  "hold is a re-INVITE with music, unhold another, in and out of a bridge; a repeat does no harm (direct: %s)",
  async (direct) => {
    const [anna, bert] = [await connected(), await connected()];
    const { makeOwn, unhold } = sound();
    const hold = async (channelId: string, signal: AbortSignal) => {
      await makeOwn(channelId, signal);
      await sound().hold(channelId, signal);
    };
    const offers = () =>
      anna.call.story.happenings.flatMap((each) => (each.type === "request" && each.direction ? [each.direction] : []));
    await hold(anna.channelId, signal);
    await eventually("hold", () => offers().at(-1) === "sendonly");
    await heardMusic(anna.call, 0);
    await using _ = await inBridgeOf(`hold.${direct}`, [anna, bert], { direct });
    await hold(anna.channelId, signal);
    await unhold(anna.channelId);
    await eventually("unhold", () => offers().at(-1) === "sendrecv");
    await unhold(anna.channelId);
    await bert.call.say(tone(620, 400));
    await anna.call.heard(620);
    await hold(anna.channelId, signal);
    await eventually("hold again", () => offers().at(-1) === "sendonly");
    await heardMusic(anna.call, anna.call.blocks().length);
    await unhold(anna.channelId);
    await eventually("unhold again", () => offers().at(-1) === "sendrecv");
    await anna.call.say(tone(850, 400));
    await bert.call.heard(850);
  },
);

test.each([
  ["in", false, [], [620]],
  ["out", false, [440], []],
  ["both", false, [], []],
  ["in", true, [], [620]],
  ["out", true, [440], []],
] as const)(
  "mute %s (direct: %s): Bert hears %j of Anna, she hears %j of him; unmuted, both hear",
  async (direction, direct, his, hers) => {
    const [anna, bert] = [await connected(), await connected()];
    await using _ = await inBridgeOf(`mute.${direction}.${direct}`, [anna, bert], { direct });
    const { mute, unmute } = sound();
    await mute(anna.channelId, direction, signal);
    await mute(anna.channelId, direction, signal);
    await Promise.all([anna.call.say(tone(440, 400)), bert.call.say(tone(620, 400))]);
    // Whatever comes late is nothing to hear.
    await Promise.all([anna, bert].map(({ call }) => call.say(silence(300))));
    await unmute(anna.channelId, direction);
    await unmute(anna.channelId, direction);
    await Promise.all([anna.call.say(tone(1_100, 400)), bert.call.say(tone(1_700, 400))]);
    await bert.call.heard(1_100);
    await anna.call.heard(1_700);
    expect(bert.call.tones().map(({ frequency }) => frequency)).toEqual([...his, 1_100]);
    expect(anna.call.tones().map(({ frequency }) => frequency)).toEqual([...hers, 1_700]);
  },
);

test("silence is sent where nothing was, and no more when it is stopped", async () => {
  const { call, channelId } = await connected();
  const { startSilence, stopSilence } = sound();
  await startSilence(channelId, signal);
  await eventually("silence", () => call.blocks().filter(({ heard }) => heard === "silence").length > 25);
  await stopSilence(channelId);
  await stopSilence(channelId);
  await eventually("nothing", async () => {
    const before = call.blocks().length;
    await call.quiet(300);
    return call.blocks().length === before;
  });
});

test("what is asked for during a prompt begins when that is over, and is not waited for", async () => {
  const anna = await connected();
  const { hold, unhold } = sound();
  const { ari } = connection();
  const media = [`sound:${audio().tone(1_100, 3_000)}`];
  await ari.channels.playWithId({ channelId: anna.channelId, playbackId: "prompt", media });
  await anna.call.heard(1_100);
  await hold(anna.channelId, signal);
  expect(anna.call.story.happenings).not.toContainEqual(expect.objectContaining({ direction: "sendonly" }));
  await ari.playbacks.stop({ playbackId: "prompt" });
  await eventually("hold", () =>
    anna.call.story.happenings.some((each) => each.type === "request" && each.direction === "sendonly"),
  );
  await heardMusic(anna.call, anna.call.blocks().length);
  await unhold(anna.channelId);
});

test("a channel that is gone needs no ending, and has no beginning", async () => {
  const { call, channelId } = await connected();
  await call.hangup();
  const all = sound();
  await eventually("gone", async () => (await connection().ari.channels.list()).length === 0);
  for (const end of [all.stopRinging, all.stopMusic, all.stopSilence, all.unhold]) await end(channelId);
  await all.unmute(channelId, "both");
  const begin = [all.startRinging, all.openEarlyMedia, all.startMusic, all.startSilence, all.hold];
  for (const each of begin) await expect(each(channelId, signal)).rejects.toMatchObject({ fault: "gone" });
  await expect(all.mute(channelId, "in", signal)).rejects.toMatchObject({ fault: "gone" });
});
