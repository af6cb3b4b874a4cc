/** Audio of a call that goes to other hosts: what is stored of it, what ends it, what a new process finds. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { audioSocketMessage, audioSocketMessages } from "../../../src/engine/live/audiosocket-messages.ts";
import type { Action } from "../../../src/model/action.ts";
import { OutboundError } from "../../../src/ports/outbound-http.ts";
import type { Storage } from "../../../src/ports/storage.ts";
import { systemClock as clock } from "../../../src/providers/system/clock.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeSwitch } from "../fake-switch.ts";
import { arrive, leave, startEngine } from "../one-call.ts";

const URL_OF_HOST = "wss://h.example/audio?key=hidden";
const sleep = { id: "z", type: "sleep", option: { duration: 60_000 } };
const stop = { id: "y", type: "external_media_stop", option: {} };
const start = (id: string, external_host: string, option: object = {}): Action => ({
  id,
  type: "external_media_start",
  option: { external_host, ...option },
});

let storage: Storage;
let parts: ReturnType<typeof fakeSwitch>;
let engine: Engine;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log: pino({ level: "silent" }), clock });
  parts = fakeSwitch();
  engine = await startEngine({ ...parts, storage });
  parts.telephony.becomeReachable();
  return () => {
    engine.stop();
    return storage.close();
  };
});

/** A new process, on the same switch. */
async function restart(): Promise<void> {
  engine.stop();
  engine = await startEngine({ ...parts, storage });
  parts.telephony.becomeReachable();
}

const call = async () => {
  const [live] = await storage.calls.live();
  if (!live) throw new Error("no call");
  return live;
};
const factsOf = async (type: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { result } = await storage.calls.list(storage.defaultCustomerId, { pageSize: 1 });
  const timeline = await storage.timeline.ofCall(result[0]?.id ?? "");
  return timeline.flatMap((entry) => (entry.type === type ? [entry.data] : []));
};
const fact = (type: string, count = 1) =>
  eventually(`${count} ${type}`, async () => {
    const facts = await factsOf(type);
    return facts.length >= count ? facts : undefined;
  });
const run = (...actions: readonly Action[]) => arrive({ ...parts, storage }, [...actions, sleep]);
const socket = () => {
  const last = parts.outboundMedia.sockets.at(-1);
  if (!last) throw new Error("no socket");
  return last;
};
const stream = () => {
  const last = parts.liveAudio.streams.at(-1);
  if (!last) throw new Error("no stream");
  return last;
};

test("what is started is stored with the call before it is opened, and told without what may be secret", async () => {
  const { id } = await run(start("a", "h:1"), start("b", URL_OF_HOST, { format: "slin" }));
  const started = await fact("external_media_started", 2);
  expect(started).toMatchObject([
    { carrier: "rtp", host: "h:1", format: "ulaw", direction: "both" },
    { carrier: "websocket", host: "h.example" },
  ]);
  expect(JSON.stringify(started)).not.toContain("hidden");
  const { external_media } = await call();
  expect(external_media.map(({ host }) => host)).toEqual(["h:1", URL_OF_HOST]);
  expect(external_media.every((media) => media.id.startsWith(`${id}.`))).toBe(true);
  expect([...parts.mediaLines.present.values()]).toMatchObject([{ address: "h:1", format: "ulaw" }]);
});

/** Messages of an AudioSocket: their kind, and what they hold. */
const told = () =>
  audioSocketMessages()(Buffer.concat(socket().audio)).map(({ kind, content }) => [
    kind,
    Buffer.from(content).toString("hex"),
  ]);
const heard = () => Buffer.concat(stream().sent);

test("an AudioSocket is told one UUID, also by a new process, and hears that the call is over", async () => {
  await run(start("a", "h:1", { encapsulation: "audiosocket" }));
  await fact("external_media_started");
  const [first] = told();
  expect(first).toEqual([0x01, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  await restart();
  await eventually("another connection", () => parts.outboundMedia.sockets.length === 2);
  await eventually("its beginning", () => told().length > 0);
  expect(told()).toEqual([first]);
  leave(parts.telephony);
  await eventually("its end", () => !socket().isOpen);
  expect(told().at(-1)).toEqual([0x00, ""]);
});

test("an AudioSocket's audio goes both ways; whatever else comes is told once; a hangup ends it", async () => {
  const uuid = "40325ec2-5efd-4bd3-805f-53576e581d13";
  await run(start("a", "h:1", { encapsulation: "audiosocket", format: "slin16", data: uuid }));
  await fact("external_media_started");
  stream().say(new Uint8Array(640).fill(7));
  await eventually("a frame", () => told().length === 2);
  expect(told()).toEqual([
    [0x01, uuid.replaceAll("-", "")],
    [0x12, "07".repeat(640)],
  ]);
  const audio = audioSocketMessage(0x12, Uint8Array.of(1, 2, 3, 4));
  socket().say(audio.subarray(0, 2));
  socket().say(audio.subarray(2, 6));
  socket().say(Buffer.concat([audio.subarray(6), audio]));
  await eventually("the samples", () => heard().equals(Buffer.of(1, 2, 3, 4, 1, 2, 3, 4)));
  for (const kind of [0x10, 0xff, 0x10]) socket().say(audioSocketMessage(kind, Uint8Array.of(5, 6)));
  expect(await fact("external_media_trouble", 2)).toMatchObject([
    { message: expect.stringContaining("0x10"), remedy: expect.stringContaining("0x12") },
    { message: expect.stringContaining("error (0506)") },
  ]);
  expect(heard()).toHaveLength(8);
  socket().say(audioSocketMessage(0x00));
  expect(await fact("external_media_ended")).toMatchObject([{ host: "h:1", message: "h:1 hung up" }]);
});

test("a new process finds a line of RTP open", async () => {
  await run(start("a", "h:1"));
  await fact("external_media_started");
  const before = [...parts.mediaLines.present.values()];
  await restart();
  await eventually("it is asked for", () => parts.telephony.asked.filter((one) => /^line/.test(one)).length === 2);
  expect([...parts.mediaLines.present.values()]).toEqual(before);
});

test("all end with the call, and a WebSocket is told", async () => {
  await run(start("a", "h:1"), start("b", URL_OF_HOST));
  await fact("external_media_started", 2);
  const [web, audio] = [socket(), stream()];
  leave(parts.telephony);
  await eventually("their end", () => !web.isOpen && !audio.isOpen && parts.mediaLines.present.size === 0);
  expect(web.texts).toMatchObject([{ event: "start", sample_rate: 8_000, frame_ms: 20 }, { event: "stop" }]);
  expect(await factsOf("external_media_ended")).toEqual([]);
});

test("all end when they are stopped, for a new process too", async () => {
  await run(start("a", "h:1"), start("b", URL_OF_HOST), stop);
  const ended = await fact("external_media_ended", 2);
  expect(ended).toMatchObject([{ message: "it was stopped" }, { message: "it was stopped" }]);
  expect((await call()).external_media).toEqual([]);
  expect([parts.mediaLines.present.size, socket().isOpen, stream().isOpen]).toEqual([0, false, false]);
  await restart();
  leave(parts.telephony);
  await eventually("the call's end", async () => (await storage.calls.live()).length === 0);
  expect(parts.outboundMedia.sockets).toHaveLength(1);
});

test("a sixth is too many, until another has ended", async () => {
  const five = [1, 2, 3, 4, 5].map((port) => start(`a${port}`, `h:${port}`));
  await run(...five, start("b", "h:6"));
  const [failed] = await fact("action_failed");
  expect(failed).toMatchObject({ fault: "too_many", host: "h:6", remedy: expect.any(String) });
  const [first] = (await call()).external_media;
  parts.mediaLines.hangUp(first?.id ?? "");
  expect(await fact("external_media_ended")).toMatchObject([{ id: first?.id, fault: "ended", host: "h:1" }]);
  expect((await call()).external_media).toHaveLength(4);
});

test.each([
  ["h:1", "refused", "RINGDOWN_ALLOW_PRIVATE_URLS"],
  ["h:1", "unreachable", "listens"],
  [URL_OF_HOST, "timeout", "listens"],
] as const)(
  "%s that can't be reached (%s) is on record with a remedy, and nothing is left",
  async (host, fault, remedy) => {
    parts.outboundMedia.faults.set(host, new OutboundError("h", fault, "not this one"));
    await run(start("a", host));
    const [failed] = await fact("action_failed");
    expect(failed).toMatchObject({ message: "not this one", remedy: expect.stringContaining(remedy) });
    expect(failed?.fault).toBe(fault === "refused" ? "refused" : "unreachable");
    expect((await call()).external_media).toEqual([]);
    expect([parts.mediaLines.present.size, parts.liveAudio.streams.length]).toEqual([0, 0]);
  },
);

test("a line that Asterisk can't open leaves nothing", async () => {
  parts.mediaLines.refusing.add("h:1");
  await run(start("a", "h:1"));
  expect(await fact("action_failed")).toMatchObject([
    { fault: "unreachable", message: expect.stringContaining("h:1") },
  ]);
  expect((await call()).external_media).toEqual([]);
  expect(parts.telephony.asked.some((one) => one.startsWith("unline"))).toBe(true);
});

test("a new process connects a WebSocket again; one that is gone then is on record", async () => {
  await run(start("a", URL_OF_HOST), start("b", "wss://other/"));
  await fact("external_media_started", 2);
  parts.outboundMedia.faults.set("wss://other/", new OutboundError("other", "unreachable", "other is gone"));
  await restart();
  await eventually("another connection", () => parts.outboundMedia.sockets.length === 3);
  expect(socket()).toMatchObject({ url: URL_OF_HOST, isOpen: true });
  expect(await fact("external_media_ended")).toMatchObject([{ host: "other", message: "other is gone" }]);
  await eventually("the record", async () => (await call()).external_media.length === 1);
});

test("audio goes both ways in the format; half a sample waits, but not over what is thrown away", async () => {
  await run(start("a", URL_OF_HOST, { format: "slin" }));
  await fact("external_media_started");
  const { asked } = parts.telephony;
  stream().say(new Uint8Array(500).fill(7));
  stream().say(new Uint8Array(500).fill(7));
  await eventually("three frames", () => socket().audio.length === 3);
  expect(socket().audio.map(({ length }) => length)).toEqual([320, 320, 320]);
  const sent = () => Buffer.concat(stream().sent);
  socket().say(Uint8Array.of(1, 2, 3));
  socket().say(Uint8Array.of(4));
  await eventually("two samples", () => sent().equals(Buffer.of(1, 2, 3, 4)));
  socket().say(Uint8Array.of(5));
  await eventually("it was read", () => stream().sent.length === 3);
  socket().say('{"event":"clear"}');
  socket().say(Uint8Array.of(6, 7));
  await eventually("what follows", () => sent().equals(Buffer.of(1, 2, 3, 4, 6, 7)));
  expect(asked.some((one) => one.startsWith("flush"))).toBe(true);
  expect(await factsOf("external_media_trouble")).toEqual([]);
});

test("what a host does wrong is told once, with a remedy, and ends nothing", async () => {
  await run(start("a", URL_OF_HOST, { direction: "send" }));
  await fact("external_media_started");
  socket().reads = false;
  for (let frame = 0; frame < 3; frame++) stream().say(new Uint8Array(320));
  for (const text of ["hello", "{", "[]", '{"event":"what"}']) socket().say(text);
  for (let piece = 0; piece < 3; piece++) socket().say(Uint8Array.of(1, 2));
  const told = await fact("external_media_trouble", 3);
  expect(told.map(({ message }) => String(message).slice(0, 13)).toSorted()).toEqual([
    "it sent audio",
    "it sent text ",
    "it takes audi",
  ]);
  expect(told.every(({ remedy, host }) => typeof remedy === "string" && host === "h.example")).toBe(true);
  expect(stream().sent).toEqual([]);
  socket().reads = true;
  stream().say(new Uint8Array(320));
  await eventually("the next frame", () => socket().audio.length > 0);
});

test("a WebSocket that closes ends it, and so does an end of the call's audio", async () => {
  await run(start("a", URL_OF_HOST), start("b", URL_OF_HOST));
  await fact("external_media_started", 2);
  socket().close();
  expect(await fact("external_media_ended")).toMatchObject([{ fault: "ended", message: "h closed the connection" }]);
  expect(stream().isOpen).toBe(false);
  parts.liveAudio.streams[0]?.end();
  expect(await fact("external_media_ended", 2)).toMatchObject([{}, { message: expect.stringContaining("Asterisk") }]);
  expect((await call()).external_media).toEqual([]);
});
