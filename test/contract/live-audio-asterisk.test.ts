/** Live audio of calls on a real Asterisk: what a phone says reaches us, and what we send reaches the phone. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { basicAuthorization } from "../../src/asterisk/ari/basic-auth.ts";
import { asteriskBridges } from "../../src/asterisk/bridges.ts";
import { asteriskLiveAudio } from "../../src/asterisk/live-audio.ts";
import type { LiveAudio, LiveStream, StreamOrder } from "../../src/ports/live-audio.ts";
import { eventually } from "../support/eventually.ts";
import { type Block, hear, soundingIn, tone } from "../support/tones.ts";
import { asteriskCalls, partsOf, signal } from "./asterisk-calls.ts";

const on = asteriskCalls();
const [FIRST, SECOND, PROMPT] = [440, 620, 850];

const access = () => {
  const { RINGDOWN_ARI_URL: url = "", RINGDOWN_ARI_PASSWORD: password = "" } = on.asterisk().environment;
  return { url, username: "ringdown", password };
};
const liveAudio = (parts = on.parts()): LiveAudio => asteriskLiveAudio({ ...parts, http: access() });
const order = (channelId: string, changes: Partial<StreamOrder> = {}): StreamOrder => ({
  channelId,
  streamId: `${channelId}.live`,
  heard: "in",
  speaks: true,
  sampleRateHz: 16_000,
  how: "bridge",
  ...changes,
});
const pcmOf = (bytes: Uint8Array): Int16Array =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const bytesOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);

const heardMs = (blocks: readonly Block[], frequency: number): number =>
  blocks.reduce((total, { heard, durationMs }) => (heard === frequency ? total + durationMs : total), 0);

/** Collects what a stream hears. */
function listenTo(stream: LiveStream, sampleRateHz = 16_000) {
  const frames: Uint8Array[] = [];
  const over = (async () => {
    for await (const frame of stream.frames) frames.push(frame);
  })();
  const pcm = () => pcmOf(Buffer.concat(frames));
  return {
    frames,
    over,
    pcm,
    heard: (): readonly number[] => hear(pcm(), undefined, sampleRateHz).map(({ frequency }) => frequency),
  };
}

test.each(["bridge", "tap"] as const)("by %s, both hear each other; it ends with the call", async (how) => {
  const { call, channelId } = await on.connected();
  await using stream = await liveAudio().open(order(channelId, { how }), signal);
  const ear = listenTo(stream);
  await call.say(tone(FIRST, 600));
  await eventually("the caller's tone", () => ear.heard().includes(FIRST));
  await stream.send(bytesOf(tone(SECOND, 600, 16_000)), signal);
  await stream.drained(signal);
  expect((await call.heard(SECOND)).durationMs).toBeGreaterThan(500);
  await stream.drained(signal);
  await call.hangup();
  await eventually("the stream's end", () => stream.signal.aborted);
  await ear.over;
  expect([...new Set(ear.frames.map(({ length }) => length))]).toEqual([640]);
  await stream.send(bytesOf(tone(SECOND, 600, 16_000)), signal);
  await stream.drained(signal);
});

test("in a bridge all are heard, until it is gone; then it can't be heard any more, and nothing is left", async () => {
  const parts = on.parts();
  const bridges = asteriskBridges(parts);
  const [first, second] = [await on.connected(), await on.connected()];
  const bridgeId = "conference.of-two";
  await bridges.open(bridgeId, signal);
  await bridges.join(bridgeId, [first.channelId, second.channelId], signal);
  const inBridge = { bridgeId, streamId: "of-two.ear", sampleRateHz: 16_000 } as const;
  await using stream = await liveAudio(parts).openInBridge(inBridge, signal);
  const ear = listenTo(stream);
  await first.call.say(tone(FIRST, 600));
  await second.call.say(tone(SECOND, 600));
  await eventually("both", () => [FIRST, SECOND].every((frequency) => ear.heard().includes(frequency)));
  expect(await bridges.members(bridgeId, signal)).toContain("of-two.ear.media");
  await bridges.close(bridgeId);
  await eventually("the stream's end", () => stream.signal.aborted);
  await expect(liveAudio(parts).openInBridge(inBridge, signal)).rejects.toMatchObject({ fault: "gone" });
  expect(await bridges.members(bridgeId, signal)).toEqual([]);
});

test("what was sent and is thrown away is not heard any more, nor is the rest of what was being sent", async () => {
  const { call, channelId } = await on.connected();
  await using stream = await liveAudio().open(order(channelId), signal);
  const sending = stream.send(bytesOf(tone(SECOND, 30_000, 16_000)), signal);
  await call.heard(SECOND);
  stream.flush();
  await sending;
  const flushedMs = call.story.nowMs();
  await call.quiet(500);
  expect(call.lastSoundMs() - flushedMs).toBeLessThan(250);
  await stream.send(bytesOf(tone(PROMPT, 300, 16_000)), signal);
  await call.heard(PROMPT);
});

test("more than Asterisk holds is heard to the end, in pieces of any length, and waited for", async () => {
  const { call, channelId } = await on.connected();
  await using stream = await liveAudio().open(order(channelId, { sampleRateHz: 8_000 }), signal);
  const sound = bytesOf(tone(SECOND, 8_000, 8_000));
  const startedMs = Date.now();
  for (let at = 0; at < sound.length; at += 3_333) await stream.send(sound.subarray(at, at + 3_333), signal);
  expect(Date.now() - startedMs).toBeGreaterThan(2_500);
  await stream.drained(signal);
  expect(Date.now() - startedMs).toBeGreaterThan(7_500);
  expect((await call.heard(SECOND)).durationMs).toBeGreaterThan(7_800);
});

test("waiting ends with the signal, and the stream can be used on", async () => {
  const { call, channelId } = await on.connected();
  await using stream = await liveAudio().open(order(channelId), signal);
  const choice = new AbortController();
  const sending = stream.send(bytesOf(tone(SECOND, 20_000, 16_000)), choice.signal);
  await call.heard(SECOND);
  const drained = stream.drained(choice.signal);
  choice.abort(new Error("enough"));
  await expect(sending).rejects.toThrow("enough");
  await expect(drained).rejects.toThrow("enough");
  stream.flush();
  await stream.send(bytesOf(tone(PROMPT, 300, 16_000)), signal);
  await call.heard(PROMPT);
  await expect(liveAudio().open(order(channelId), choice.signal)).rejects.toThrow("enough");
});

test("a tap hears what the caller hears, beside whatever plays, and is not heard when it does not speak", async () => {
  const { call, channelId } = await on.connected();
  const tap = order(channelId, { how: "tap", heard: "out", speaks: false, sampleRateHz: 8_000 });
  await using stream = await liveAudio().open(tap, signal);
  const ear = listenTo(stream, 8_000);
  await startPrompt(channelId, 1_000);
  await call.heard(PROMPT);
  await eventually("the prompt", () => ear.heard().includes(PROMPT));
  await stream.send(bytesOf(tone(SECOND, 400, 8_000)), signal);
  await stream.drained(signal);
  await call.quiet(300);
  expect(call.tones().map(({ frequency }) => frequency)).not.toContain(SECOND);
});

test("a tap that speaks is heard before, over and after a prompt, and beside a partner, who hears and is heard", async () => {
  const [anna, bert] = [await on.connected(), await on.connected()];
  await using stream = await liveAudio().open(order(anna.channelId, { how: "tap" }), signal);
  const ear = listenTo(stream);
  const say = async (frequency: number) => {
    await stream.send(bytesOf(tone(frequency, 500, 16_000)), signal);
    await stream.drained(signal);
    await anna.call.heard(frequency);
    // In all: a busy machine's stalls cut a tone into pieces.
    await eventually("most of it", () => heardMs(anna.call.blocks(), frequency) > 250);
  };
  await say(1_100);
  await startPrompt(anna.channelId, 1_000);
  await anna.call.heard(PROMPT);
  await stream.send(bytesOf(tone(1_400, 400, 16_000)), signal);
  await eventually("both", () => soundingIn(anna.call.sound().pcm.slice(-800), [PROMPT, 1_400]).length === 2);
  await anna.call.quiet(200);
  await say(1_700);
  const bridges = asteriskBridges(on.parts());
  await bridges.open("two", signal);
  await bridges.join("two", [anna.channelId], signal);
  await say(2_050);
  await bridges.join("two", [bert.channelId], signal);
  await bert.call.say(tone(FIRST, 800));
  await anna.call.heard(FIRST);
  await anna.call.say(tone(SECOND, 500));
  await bert.call.heard(SECOND);
  await eventually("the tap hears anna", () => ear.heard().includes(SECOND));
  expect(ear.heard()).not.toContain(FIRST);
  await bridges.close("two");
  await say(2_450);
  expect(bert.call.tones().map(({ frequency }) => frequency)).toEqual([SECOND]);
});

test("a stream that is opened again under its id, also by another process, replaces the one before", async () => {
  const { call, channelId } = await on.connected();
  const closing = new AbortController();
  const left = await liveAudio(partsOf(on.connection(), closing.signal)).open(order(channelId, { how: "tap" }), signal);
  closing.abort(new Error("killed"));
  await using stream = await liveAudio().open(order(channelId, { how: "tap" }), signal);
  await eventually("the end of the first", () => left.signal.aborted);
  await expect(left[Symbol.asyncDispose]()).rejects.toThrow();
  const ear = listenTo(stream);
  await call.say(tone(FIRST, 600));
  await eventually("the caller's tone", () => ear.heard().includes(FIRST));
});

test("thirty taps at once all hear and are heard, and a call that is gone gets none", async () => {
  const { call, channelId } = await on.connected();
  const live = liveAudio();
  await using open = new AsyncDisposableStack();
  const streams = await Promise.all(
    Array.from({ length: 30 }, async (_, index) =>
      open.use(await live.open(order(channelId, { how: "tap", streamId: `${channelId}.${index}` }), signal)),
    ),
  );
  const ears = streams.map((stream) => listenTo(stream));
  await call.say(tone(FIRST, 600));
  await eventually("all hear it", () => ears.every((ear) => ear.heard().includes(FIRST)), 10_000);
  await streams[29]?.send(bytesOf(tone(SECOND, 400, 16_000)), signal);
  await call.heard(SECOND);
  await call.hangup();
  await eventually("all end", () => streams.every((stream) => stream.signal.aborted));
  await expect(live.open(order(channelId), signal)).rejects.toMatchObject({ fault: "gone" });
  await expect(live.open(order(channelId, { how: "tap" }), signal)).rejects.toMatchObject({ fault: "gone" });
});

test("the channel of a socket that breaks off goes by itself", async () => {
  const { ari } = on.connection();
  const channel = await ari.channels.externalMedia({
    ...{ channelId: "broken", app: "ringdown,servant", external_host: "INCOMING", format: "slin16" },
    ...{ transport: "websocket", encapsulation: "none", connection_type: "server" },
  });
  const socket = new WebSocket(
    `ws://${on.asterisk().address}:8088/media/${channel.channelvars?.MEDIA_WEBSOCKET_CONNECTION_ID}`,
    ["media"],
    { headers: { authorization: basicAuthorization(access().username, access().password) } },
  );
  await once(socket, "open");
  socket.terminate();
  await eventually("no channel", async () => (await ari.channels.list()).length === 0);
});

async function startPrompt(channelId: string, durationMs: number): Promise<void> {
  const media = [`sound:${on.audio().tone(PROMPT, durationMs)}`];
  await on.connection().ari.channels.playWithId({ channelId, playbackId: `${channelId}.p`, media });
}
