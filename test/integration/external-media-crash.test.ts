/** External media of a Ringdown that is killed. */
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { DIALS_ASTERISK, type FlowAction, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { startAudioSocketPeer } from "../support/media-peers/audiosocket-peer.ts";
import type { MediaPeer } from "../support/media-peers/peer.ts";
import { startRtpPeer } from "../support/media-peers/rtp-peer.ts";
import { startWebSocketPeer } from "../support/media-peers/websocket-peer.ts";
import { tone } from "../support/tones.ts";
import { aftermathOf, crash, prompt, stored } from "./actions/support.ts";

const lab = await startLab({ environment: DIALS_ASTERISK });

const [CALLER, HOST, STOPPED, AFTER] = [440, 850, 620, 1_400];
const key: FlowAction = { type: "digits_receive", option: { length: 1, duration: 50_000, flush: true } };
const start = (external_host: string, option: object = {}): FlowAction => ({
  type: "external_media_start",
  option: { external_host, ...option },
});

test("killed, RTP goes on untouched, and the others are connected again; what is stopped then stays so", async () => {
  await using rtp = await startRtpPeer(nextAddress());
  await using audio = await startAudioSocketPeer(nextAddress());
  await using web = await startWebSocketPeer(nextAddress());
  const peers = [rtp, audio, web];
  const call = await lab.call([
    { type: "answer" },
    start(rtp.external_host),
    start(audio.external_host, { encapsulation: "audiosocket" }),
    start(web.external_host),
    key,
    { type: "external_media_stop" },
    prompt(lab, STOPPED),
    key,
    prompt(lab, AFTER),
  ]);
  const hear = (...hosts: readonly MediaPeer[]) =>
    Promise.all([call.say(tone(CALLER, 700)), ...hosts.map((host) => host.heard(CALLER))]);
  const say = async (host: MediaPeer): Promise<void> => {
    await host.say(HOST);
    await call.heard(HOST);
    await call.quiet(150);
  };
  await stored(lab, call.number, "external_media_started", 3);
  await hear(...peers);
  await lab.ringdown.kill();
  await hear(rtp);
  await say(rtp);
  const before = peers.map(({ received }) => received);
  await lab.ringdown.start();
  await eventually("audio again", () => peers.every(({ received }, at) => received > (before[at] ?? 0)));
  await hear(...peers);
  for (const peer of peers) await say(peer);
  expect(peers.map(({ connections }) => connections)).toEqual([1, 2, 2]);
  await call.press("1");
  await call.heard(STOPPED);
  // The last to wait for a key: it forgets those that were pressed before.
  await stored(lab, call.number, "action_started", 8);
  await crash(lab);
  await call.press("1");
  await call.heard(AFTER);
  await call.ended();
  expect([audio.open, web.open]).toEqual([0, 0]);
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("external_media_ended")).toMatchObject(peers.map(() => ({ message: "it was stopped" })));
  expect(facts("action_failed")).toEqual([]);
});
