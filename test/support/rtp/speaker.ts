/**
 * What a phone sends: a frame every 20 ms of wall-clock time, from the answer to the end. Silence when nobody speaks,
 * as a microphone gives it; a digit replaces the voice while its key is down.
 */
import { randomInt } from "node:crypto";
import { type Codec, FRAME_BYTES, FRAME_MS } from "./codec.ts";
import { EVENT_DIGITS, formatEvent, type RtpPacket } from "./packet.ts";

export type Speaker = {
  /** Says samples after what is already being said; resolves when they are sent. */
  say(pcm: Int16Array): Promise<void>;
  /** Presses keys by RFC 4733, each for `toneMs`; resolves when the last is released. */
  press(digits: string, timing?: { toneMs?: number; gapMs?: number }): Promise<void>;
  stop(): void;
};

/** Samples are encoded when they are sent: a codec that remembers must hear what the other side will hear, in order. */
type Frame = {
  pcm?: Int16Array;
  event?: Uint8Array;
  marker?: boolean;
  timestampOffset?: number;
  sent?: () => void;
};

/** A key held for as long as a finger does; shorter than Asterisk's minimum of 80 ms would be stretched. */
const TONE_MS = 100;
const GAP_MS = 60;
const EVENT_END_REPEATS = 3;

/** Starts sending at once. */
export const startSpeaker = (stream: {
  codec: Codec;
  payloadType: number;
  eventPayloadType: number | undefined;
  /** The number of its first packet; any unless told. */
  firstSequence?: number | undefined;
  send: (packet: RtpPacket) => void;
}): Speaker => {
  const { codec, payloadType, eventPayloadType, send } = stream;
  const samplesPerFrame = (codec.sampleRateHz * FRAME_MS) / 1_000;
  const silence = new Int16Array(samplesPerFrame);
  const source = randomInt(2 ** 32);
  const startedAt = performance.now();
  const voice: Frame[] = [];
  const keys: Frame[] = [];
  let sequence = stream.firstSequence ?? randomInt(2 ** 15);
  let frameCount = 0;

  const sendFrame = (): void => {
    const { pcm = silence, event, marker = false, timestampOffset = 0, sent } = keys.shift() ?? voice.shift() ?? {};
    const timestamp = (frameCount - timestampOffset) * FRAME_BYTES;
    const content =
      event && eventPayloadType !== undefined
        ? { payloadType: eventPayloadType, payload: event }
        : { payloadType, payload: codec.encode(pcm) };
    send({ ...content, marker, sequence: sequence++, timestamp, source });
    frameCount++;
    sent?.();
  };
  /** Catches up after a late timer, so that the stream keeps the pace of the wall clock. */
  const ticking = setInterval(() => {
    while ((performance.now() - startedAt) / FRAME_MS >= frameCount) sendFrame();
  }, FRAME_MS / 2);

  return {
    say: (pcm) =>
      new Promise((resolve) => {
        for (let start = 0; start < pcm.length; start += samplesPerFrame) {
          const samples = new Int16Array(samplesPerFrame);
          samples.set(pcm.subarray(start, start + samplesPerFrame));
          const last = start + samplesPerFrame >= pcm.length;
          voice.push({ pcm: samples, ...(last ? { sent: resolve } : {}) });
        }
        if (pcm.length === 0) resolve();
      }),
    press: (digits, { toneMs = TONE_MS, gapMs = GAP_MS } = {}) => {
      if (eventPayloadType === undefined) throw new Error("the other side takes no RFC 4733 digits");
      const gap = (): Frame[] => Array.from({ length: gapMs / FRAME_MS }, () => ({}));
      keys.push(...[...digits].flatMap((digit) => [...digitFrames(digit, toneMs), ...gap()]));
      return new Promise((resolve) => keys.push({ sent: resolve }));
    },
    stop: () => {
      clearInterval(ticking);
      for (const frame of [...keys.splice(0), ...voice.splice(0)]) frame.sent?.();
    },
  };
};

/** All packets of one digit carry the timestamp of its first. */
const digitFrames = (digit: string, toneMs: number): Frame[] => {
  const code = EVENT_DIGITS.indexOf(digit.toUpperCase());
  if (code < 0) throw new Error(`no such key: ${digit}`);
  const frames = toneMs / FRAME_MS;
  return Array.from({ length: frames + EVENT_END_REPEATS }, (_, index) => ({
    event: formatEvent({ code, ended: index >= frames, duration: Math.min(index + 1, frames) * FRAME_BYTES }),
    marker: index === 0,
    timestampOffset: index,
  }));
};
