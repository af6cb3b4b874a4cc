import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type FlowAction, startLab } from "../../support/lab.ts";
import { nextAddress } from "../../support/loopback.ts";
import { startAudioSocketPeer } from "../../support/media-peers/audiosocket-peer.ts";
import { startRtpPeer } from "../../support/media-peers/rtp-peer.ts";
import { startWebSocketPeer } from "../../support/media-peers/websocket-peer.ts";
import { tone } from "../../support/tones.ts";
import { aftermathOf, crash, prompt, stored } from "./support.ts";

const lab = await startLab();

const [BEFORE, WITHIN, STOPPED, AFTER] = [440, 620, 850, 1_400];
const key: FlowAction = { type: "digits_receive", option: { length: 1, duration: 50_000, flush: true } };
const stop: FlowAction = { type: "external_media_stop" };
const start = (external_host: string, option: object = {}): FlowAction => ({
  type: "external_media_start",
  option: { external_host, ...option },
});

test("all of the call end, whatever carries them, and stay so in a crash; another can be started", async () => {
  await using rtp = await startRtpPeer(nextAddress());
  await using audio = await startAudioSocketPeer(nextAddress());
  await using web = await startWebSocketPeer(nextAddress());
  await using next = await startWebSocketPeer(nextAddress());
  const peers = [rtp, audio, web];
  const call = await lab.call([
    { type: "answer" },
    start(rtp.external_host),
    start(audio.external_host, { encapsulation: "audiosocket" }),
    start(web.external_host),
    key,
    stop,
    prompt(lab, STOPPED),
    key,
    start(next.external_host),
    key,
    prompt(lab, AFTER),
  ]);
  await stored(lab, call.number, "external_media_started", 3);
  await Promise.all([call.say(tone(BEFORE, 700)), ...peers.map((peer) => peer.heard(BEFORE))]);
  await call.press("1");
  await call.heard(STOPPED);
  await eventually("the end of the connections", () => audio.open === 0 && web.open === 0);
  const received = rtp.received;
  await call.say(tone(WITHIN, 500));
  await crash(lab);
  await call.say(tone(WITHIN, 500));
  expect(rtp.received).toBe(received);
  expect([audio.connections, web.connections]).toEqual([1, 1]);
  await call.press("1");
  await stored(lab, call.number, "external_media_started", 4);
  await Promise.all([call.say(tone(WITHIN, 700)), next.heard(WITHIN)]);
  await call.press("1");
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect(facts("external_media_ended")).toMatchObject(peers.map(() => ({ message: "it was stopped" })));
  expect(facts("action_failed")).toEqual([]);
  expect(web.texts).toMatchObject([{ event: "start" }, { event: "stop", reason: "it was stopped" }]);
});

test("without any, nothing happens", async () => {
  const call = await lab.call([{ type: "answer" }, stop, prompt(lab, AFTER)]);
  await call.heard(AFTER);
  await call.ended();
  const { facts } = await aftermathOf(lab, call.number);
  expect([...facts("action_failed"), ...facts("external_media_ended")]).toEqual([]);
});
