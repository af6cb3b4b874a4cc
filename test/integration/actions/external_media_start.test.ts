import { expect, test } from "vitest";
import { sip } from "../../support/addresses.ts";
import { type Call, tonesHeard } from "../../support/call.ts";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { type AudioSocketPeer, framed, startAudioSocketPeer } from "../../support/media-peers/audiosocket-peer.ts";
import type { MediaPeer, PeerFormat } from "../../support/media-peers/peer.ts";
import { startRtpPeer } from "../../support/media-peers/rtp-peer.ts";
import { startWebSocketPeer, type WebSocketPeer } from "../../support/media-peers/websocket-peer.ts";
import { factsOf } from "../../support/records.ts";
import { silence, tone } from "../../support/tones.ts";
import { holdAndComeBack } from "../support/held.ts";
import { aftermathOf, heardMs, prompt, stored } from "./support.ts";

const lab = await startLab({ environment: { RINGDOWN_ALLOW_PRIVATE_URLS: "127.0.0.0/8" } });

const [CALLER, HOST, LONG, AFTER] = [440, 850, 620, 1_400];
const answer: FlowAction = { type: "answer" };
const key: FlowAction = { type: "digits_receive", option: { length: 1, duration: 50_000 } };
const start = (external_host: string, option: object = {}): FlowAction => ({
  type: "external_media_start",
  option: { external_host, ...option },
});

type Kind = {
  readonly wire: object;
  readonly peer: (format: PeerFormat) => Promise<MediaPeer>;
};
const KINDS = {
  rtp: { wire: {}, peer: (format) => startRtpPeer(nextAddress(), format) },
  audiosocket: {
    wire: { encapsulation: "audiosocket", transport: "tcp" },
    peer: (format) => startAudioSocketPeer(nextAddress(), format === "slin16" ? "slin16" : "slin"),
  },
  websocket: {
    wire: { encapsulation: "none", transport: "websocket" },
    peer: (format) => startWebSocketPeer(nextAddress(), format === "g722" ? "ulaw" : format),
  },
} as const satisfies Record<string, Kind>;
type KindName = keyof typeof KINDS;

/** A call whose audio goes to a host, until a key is pressed. */
const streamed = async (kind: KindName, format: PeerFormat, option: object = {}) => {
  const { peer: open, wire } = KINDS[kind];
  const peer = await open(format);
  const call = await lab.call([
    answer,
    start(peer.external_host, { format, ...wire, ...option }),
    key,
    prompt(lab, AFTER),
  ]);
  await stored(lab, call.number, "external_media_started");
  return { peer, call };
};
const say = (call: Call, frequency: number): Promise<void> => call.say(tone(frequency, 700));
/** The flow goes on, to its end. */
const goOn = async (call: Call & { readonly number: string }) => {
  await call.quiet(150);
  return pressedOn(call);
};
const pressedOn = async (call: Call & { readonly number: string }) => {
  await call.press("1");
  await call.heard(AFTER);
  await call.ended();
  return aftermathOf(lab, call.number);
};

test.each([
  ["rtp", "ulaw"],
  ["rtp", "alaw"],
  ["rtp", "slin"],
  ["audiosocket", "slin"],
  ["audiosocket", "slin16"],
  ["websocket", "ulaw"],
  ["websocket", "alaw"],
  ["websocket", "slin"],
  ["websocket", "slin16"],
] as const)("by %s in %s, both hear each other, until the call ends", async (kind, format) => {
  const { peer, call } = await streamed(kind, format);
  await using _ = peer;
  await Promise.all([say(call, CALLER), peer.heard(CALLER)]);
  await peer.say(HOST);
  await call.heard(HOST);
  const { facts } = await goOn(call);
  expect(peer.frequencies()).not.toContain(HOST);
  expect(facts("external_media_started")).toMatchObject([{ carrier: kind, format, direction: "both" }]);
  expect(JSON.stringify(facts("external_media_started"))).not.toContain("hidden");
  expect(facts("action_failed")).toEqual([]);
});

test("wideband by rtp: both ways in g722, to the host in slin16", async () => {
  await using both = await startRtpPeer(nextAddress(), "g722");
  await using linear = await startRtpPeer(nextAddress(), "slin16");
  const call = await lab.call([
    answer,
    start(both.external_host, { format: "g722" }),
    start(linear.external_host, { format: "slin16", direction: "send" }),
    key,
    prompt(lab, AFTER),
  ]);
  await stored(lab, call.number, "external_media_started", 2);
  await Promise.all([say(call, CALLER), both.heard(CALLER), linear.heard(CALLER)]);
  // What it can't encode, it can send back.
  await Promise.all([both.repeat(), call.heard(CALLER)]);
  await goOn(call);
});

test.each(["rtp", "audiosocket", "websocket"] as const)("by %s, each direction goes alone", async (kind) => {
  const format = kind === "audiosocket" ? "slin" : "ulaw";
  const [toHost, toCall] = await Promise.all([
    streamed(kind, format, { direction: "send" }),
    streamed(kind, format, { direction: "receive" }),
  ]);
  await using _ = toHost.peer;
  await using __ = toCall.peer;
  await Promise.all([say(toHost.call, CALLER), say(toCall.call, CALLER), toHost.peer.heard(CALLER)]);
  // By RTP, who only speaks learns from silence where to.
  if (kind === "rtp") await eventually("a packet", () => toCall.peer.received > 0);
  await Promise.all([toHost.peer.say(HOST), toCall.peer.say(HOST), toCall.call.heard(HOST)]);
  await Promise.all([goOn(toHost.call), goOn(toCall.call)]);
  expect(toHost.call.tones().map(({ frequency }) => frequency)).toEqual([AFTER]);
  expect(toCall.peer.frequencies()).toEqual([]);
});

test("a phone that numbers its packets anew, and lower, after a hold is heard still", async () => {
  await using peer = await startRtpPeer(nextAddress(), "slin16");
  const phone = await lab.phone({ codecs: ["g722"], renumbers: true });
  const number = await lab.route([
    answer,
    start(peer.external_host, { format: "slin16", direction: "send" }),
    key,
    prompt(lab, AFTER),
  ]);
  const call = { ...(await phone.dial(number)), number };
  await stored(lab, number, "external_media_started");
  const isHeard = (frequency: number) => Promise.all([call.say(tone(frequency, 700, 16_000)), peer.heard(frequency)]);
  await isHeard(CALLER);
  for (const frequency of [LONG, CALLER]) {
    await holdAndComeBack(lab, call);
    await isHeard(frequency);
  }
  await goOn(call);
});

test("five go at once, of all kinds; a sixth is refused, and the flow goes on", async () => {
  await using rtp = await startRtpPeer(nextAddress());
  await using other = await startRtpPeer(nextAddress(), "alaw");
  await using audio = await startAudioSocketPeer(nextAddress());
  await using web = await startWebSocketPeer(nextAddress());
  await using wide = await startWebSocketPeer(nextAddress(), "slin16");
  const uuid = "40325ec2-5efd-4bd3-805f-53576e581d13";
  const peers = [rtp, other, audio, web, wide];
  const call = await lab.call([
    answer,
    start(rtp.external_host),
    start(other.external_host, { format: "alaw" }),
    start(audio.external_host, { encapsulation: "audiosocket", data: uuid }),
    start(web.external_host),
    start(wide.external_host, { format: "slin16" }),
    start(rtp.external_host),
    key,
    prompt(lab, AFTER),
  ]);
  await stored(lab, call.number, "action_failed");
  await Promise.all([say(call, CALLER), ...peers.map((peer) => peer.heard(CALLER))]);
  for (const peer of peers) {
    await peer.say(HOST);
    await call.heard(HOST);
    await call.quiet(150);
  }
  expect(audio.uuids).toEqual([uuid]);
  const { facts } = await goOn(call);
  expect(facts("action_failed")).toMatchObject([
    { fault: "too_many", remedy: expect.stringContaining("external_media_stop") },
  ]);
  await eventually("the end of all connections", () => audio.open === 0 && web.open === 0 && wide.open === 0);
  expect(web.texts).toMatchObject([{ event: "start", format: "ulaw", sample_rate: 8_000 }, { event: "stop" }]);
  expect([...new Set(web.lengths)]).toEqual([160]);
  expect([...new Set(wide.lengths)]).toEqual([640]);
});

test("a format that is none is refused with the flow, or on the way; the flow goes on", async () => {
  const { status } = await lab.api.request("POST", "/flows", {
    name: "wrong",
    actions: [start("192.0.2.1:8000", { format: "opus" })],
  });
  expect(status).toBe(400);
  const call = await lab.call([
    answer,
    { type: "variable_set", option: { key: "format", value: "opus" } },
    start("127.0.0.9:8000", { format: "${format}" }),
    prompt(lab, AFTER),
  ]);
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("action_failed")).toMatchObject([{ message: expect.stringContaining("ulaw") }]);
});

test("hosts that are not there, must not be reached, or are something else: told why, and what to do", async () => {
  const nobody = nextAddress();
  const audiosocket = { encapsulation: "audiosocket" };
  const page = lab.audio.tone(620).replace("http:", "ws:");
  const call = await lab.call([
    answer,
    start(`${nobody}:9092`, audiosocket),
    start(`ws://${nobody}:9093/audio?key=hidden`),
    start(page),
    start("nobody.invalid:8000"),
    start("10.1.2.3:8000"),
    start("10.1.2.3:8000", audiosocket),
    start("ws://10.1.2.3/"),
    prompt(lab, AFTER),
  ]);
  await call.heard(AFTER, 20_000);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  const failed = facts("action_failed");
  expect(failed.map(({ fault, host }) => [fault, host])).toEqual([
    ["unreachable", `${nobody}:9092`],
    ["unreachable", `${nobody}:9093`],
    ["unreachable", new URL(page).host],
    ["unreachable", "nobody.invalid:8000"],
    ["refused", "10.1.2.3:8000"],
    ["refused", "10.1.2.3:8000"],
    ["refused", "10.1.2.3"],
  ]);
  for (const { message, remedy } of failed) expect([typeof message, typeof remedy]).toEqual(["string", "string"]);
  expect(JSON.stringify(failed)).not.toContain("hidden");
});

test("a WebSocket that sends text, pieces of any length, and `clear`, is told once what is wrong", async () => {
  const { peer, call } = await streamed("websocket", "slin16");
  await using web = peer as WebSocketPeer;
  web.send("hello");
  web.send('{"event":"what"}');
  web.send("{");
  await stored(lab, call.number, "external_media_trouble");
  const sound = web.encoded(HOST, 1_000);
  for (let at = 0; at < sound.length; at += 333) web.send(sound.subarray(at, at + 333));
  await call.heard(HOST);
  await call.quiet(300);
  expect(heardMs(call, HOST)).toBeGreaterThan(800);
  web.send(web.encoded(LONG, 7_000));
  web.send(web.encoded(LONG, 7_000));
  await call.heard(LONG);
  web.send('{"event":"clear"}');
  await call.quiet(300);
  expect(heardMs(call, LONG)).toBeLessThan(4_000);
  await Promise.all([say(call, CALLER), web.heard(CALLER)]);
  const { facts } = await goOn(call);
  expect(facts("external_media_trouble")).toMatchObject([
    { message: expect.stringContaining("text"), remedy: expect.stringContaining("binary") },
  ]);
});

test("an AudioSocket that sends other things, and messages in pieces, is told once what is wrong", async () => {
  const { peer, call } = await streamed("audiosocket", "slin");
  await using host = peer as AudioSocketPeer;
  for (const kind of [0x12, 0x03, 0x12]) host.send(framed(kind, Buffer.alloc(640)));
  await stored(lab, call.number, "external_media_trouble", 2);
  const message = framed(0x10, Buffer.from(tone(HOST, 1_000).buffer));
  for (let at = 0; at < message.length; at += 333) host.send(message.subarray(at, at + 333));
  await call.heard(HOST);
  await call.quiet(300);
  expect(heardMs(call, HOST)).toBeGreaterThan(800);
  await Promise.all([say(call, CALLER), host.heard(CALLER)]);
  const { facts } = await goOn(call);
  expect(facts("external_media_trouble")).toMatchObject([
    { message: expect.stringContaining("0x12"), remedy: expect.stringContaining("0x10") },
    { message: expect.stringContaining("0x03") },
  ]);
});

test("hosts that say nothing, or talk another language, are told of; all else goes on", async () => {
  const web = await streamed("websocket", "ulaw");
  const audio = await streamed("audiosocket", "slin");
  await using _ = web.peer;
  await using host = audio.peer as AudioSocketPeer;
  host.send(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
  for (const { peer, call } of [web, audio]) {
    await Promise.all([say(call, CALLER), peer.heard(CALLER)]);
    await stored(lab, call.number, "external_media_trouble");
    const { facts } = await goOn(call);
    expect(facts("external_media_trouble")).toMatchObject([
      { message: expect.stringContaining("no audio"), remedy: expect.stringContaining("send") },
    ]);
  }
});

test.each(["rtp", "audiosocket", "websocket"] as const)(
  "by %s, beside a conversation: only the caller is heard, and only the caller hears it",
  async (kind) => {
    await using host = await KINDS[kind].peer(kind === "audiosocket" ? "slin" : "ulaw");
    const bob = await lab.phone({ user: "bob" });
    const call = await lab.call([
      answer,
      start(host.external_host, KINDS[kind].wire),
      { type: "connect", option: { destinations: [sip(bob)] } },
      prompt(lab, AFTER),
    ]);
    const ringing = await bob.rings();
    ringing.answer();
    await Promise.all([say(call, CALLER), ringing.heard(CALLER), host.heard(CALLER)]);
    await Promise.all([ringing.say(tone(LONG, 700)), call.heard(LONG)]);
    // A partner who is silent, as phones are: they send silence.
    await Promise.all([ringing.say(silence(1_500)), host.say(HOST), call.heard(HOST)]);
    await ringing.hangup();
    await call.heard(AFTER);
    await call.ended();
    expect(tonesHeard(ringing)).not.toContain(HOST);
    expect(host.frequencies()).toEqual([CALLER]);
  },
);

test("a WebSocket that sends minutes at once is slowed down, and the flow goes on", async () => {
  await using web = await startWebSocketPeer(nextAddress(), "slin16");
  const call = await lab.call([
    answer,
    start(web.external_host, { format: "slin16" }),
    key,
    { type: "external_media_stop" },
    prompt(lab, AFTER),
  ]);
  await stored(lab, call.number, "external_media_started");
  const second = web.encoded(LONG, 1_000);
  for (let seconds = 0; seconds < 600; seconds++) web.send(second);
  await call.heard(LONG);
  let before = 0;
  await eventually("a host that has to wait", () => {
    const waits = web.unsentBytes > 0 && web.unsentBytes === before;
    before = web.unsentBytes;
    return waits;
  });
  await Promise.all([say(call, CALLER), web.heard(CALLER)]);
  const { facts } = await pressedOn(call);
  expect(facts("external_media_trouble")).toEqual([]);
});

test("a host that ends it is on record with its reason, and the flow goes on", async () => {
  const audio = await streamed("audiosocket", "slin");
  const web = await streamed("websocket", "ulaw");
  await using socket = audio.peer as AudioSocketPeer;
  await using server = web.peer as WebSocketPeer;
  socket.hangUp();
  server.hangUp(4_000, "closing time");
  for (const { call } of [audio, web]) {
    await stored(lab, call.number, "external_media_ended");
    const { facts } = await goOn(call);
    expect(facts("external_media_ended")).toMatchObject([{ fault: "ended", remedy: expect.any(String) }]);
  }
  const told = factsOf(await lab.timelineOf(web.call.number), "external_media_ended");
  expect(told).toMatchObject([{ message: expect.stringContaining("closing time") }]);
});
