import { expect, test } from "vitest";
import { type FlowAction, startLab } from "../support/lab.ts";
import { nextAddress } from "../support/loopback.ts";
import { startRtpPeer } from "../support/media-peers/rtp-peer.ts";
import { tone } from "../support/tones.ts";
import { crash, stored } from "./actions/support.ts";
import { inOrder, record, recordingOf, samplesIn, tonesOn, tracksOf } from "./support/recorded.ts";

/** Recordings have what is whispered to a call: the voices of other hosts, and what is said over what it hears. */
const lab = await startLab({ environment: { RINGDOWN_ALLOW_PRIVATE_URLS: "127.0.0.0/8" } });
const [CALLER, HOST, CALLER_LATER, HOST_LATER, LEFT_OUT] = [440, 620, 1_100, 1_400, 850];
const LOUD = 1_000;
const answer: FlowAction = { type: "answer" };
const wait: FlowAction = { type: "digits_receive", option: { length: 1, duration: 60_000 } };

const mediaTo = (external_host: string): FlowAction => ({
  type: "external_media_start",
  option: { external_host, format: "ulaw", direction: "both" },
});

test.each(["first", "last"])(
  "recorded %s: another host's voice is on the recording where the call heard it, over a crash",
  async (when) => {
    await using peer = await startRtpPeer(nextAddress());
    const [recording, media] = [record({ channels: 2 }), mediaTo(peer.external_host)];
    const call = await lab.call([answer, ...(when === "first" ? [recording, media] : [media, recording]), wait]);
    await stored(lab, call.number, "external_media_started");
    await stored(lab, call.number, "recording_started");
    await Promise.all([call.say(tone(CALLER, 400)), peer.heard(CALLER)]);
    await Promise.all([peer.say(HOST), call.heard(HOST)]);
    await crash(lab);
    const saidMs = performance.now();
    await Promise.all([call.say(tone(CALLER_LATER, 400)), peer.heard(CALLER_LATER)]);
    const answeredMs = performance.now();
    await Promise.all([peer.say(HOST_LATER), call.heard(HOST_LATER)]);
    await call.hangup();
    const [caller, others] = await tracksOf(lab, await recordingOf(lab, call.number));
    expect([inOrder(caller), inOrder(others)]).toEqual([
      [CALLER, CALLER_LATER],
      [HOST, HOST_LATER],
    ]);
    const startMs = (wanted: number) =>
      [...caller, ...others].find(({ frequency }) => frequency === wanted)?.startMs ?? Number.NaN;
    const apartMs = startMs(HOST_LATER) - startMs(CALLER_LATER);
    expect(Math.abs(apartMs - (answeredMs - saidMs))).toBeLessThan(400);
  },
);

test("what another host says in a pause is left out, and what is said over the call's sound is not", async () => {
  await using peer = await startRtpPeer(nextAddress());
  const call = await lab.call([answer, record(), mediaTo(peer.external_host), wait]);
  await stored(lab, call.number, "external_media_started");
  const { id } = await lab.recordOf(call.number);
  const recording = await recordingOf(lab, call.number, { status: "recording" });
  await Promise.all([call.say(tone(CALLER, 400)), peer.heard(CALLER)]);
  await lab.api.post(`/recordings/${recording.id}/pause`, {});
  await Promise.all([peer.say(LEFT_OUT), call.heard(LEFT_OUT)]);
  await lab.api.post(`/recordings/${recording.id}/resume`, {});
  await Promise.all([peer.say(HOST), call.heard(HOST)]);
  await lab.api.post(`/calls/${id}/talk`, { text: "Goodbye to all of you, and thank you.", language: "en-US" });
  await stored(lab, call.number, "talk_over_ended");
  await call.hangup();
  const ended = await recordingOf(lab, call.number);
  const tones = await tonesOn(lab, ended);
  expect(inOrder(tones)).toEqual([CALLER, HOST]);
  const lastMs = tones.reduce((end, { startMs, durationMs }) => Math.max(end, startMs + durationMs), 0);
  const later = (await samplesIn(lab, ended)).slice(Math.ceil(lastMs / 200) + 1);
  expect(later.filter((piece) => piece.some((sample) => Math.abs(sample) > LOUD)).length).toBeGreaterThan(4);
});
