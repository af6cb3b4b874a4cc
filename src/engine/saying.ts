/**
 * Lets a caller hear speech that is still being made, over a stream of ours.
 *
 * 1. How far it was heard is stored with the step each second (`heard:ID`): after a crash it goes on from there, by a
 *    stream again, or as a playback of the switch's if all of it is made by then.
 * 2. The stream is gone before the step ends, also one that a crash has left.
 */
import type { PlaybackEnd, PlayChoice } from "../ports/call-control.ts";
import type { Clock } from "../ports/clock.ts";
import type { LiveAudio, LiveStream } from "../ports/live-audio.ts";
import type { BegunSpeech, Speech } from "../ports/speech.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { keyEnding, type PlaybackParts, playOnce } from "./playback.ts";
import type { RunState } from "./run-state.ts";

export type SayingParts = PlaybackParts & { readonly liveAudio: LiveAudio; readonly clock: Clock };

const BYTES_PER_MS = 32;
/** What may be heard twice after a crash. */
const REMEMBERED_EVERY_MS = 1_000;

/** Lets the caller hear speech under this id, which belongs to the step. Rejects with what speech in the making rejects with. */
export async function sayOnce(
  parts: SayingParts,
  id: string,
  speech: Speech | BegunSpeech,
  choice: PlayChoice,
): Promise<PlaybackEnd> {
  if ("sound" in speech) return sayLive(parts, id, speech, choice);
  const heardMs = heardBefore(parts, id);
  if (heardMs !== undefined) await parts.liveAudio.close(streamOf(id));
  return playOnce(parts, id, [speech.media], choice, heardMs);
}

/** Leaves nothing of the streams by which an earlier process spoke for the running step. */
export async function stopSaying({ step }: RunState, liveAudio: LiveAudio): Promise<void> {
  const said = Object.keys(step?.memo ?? {}).filter((key) => key.startsWith(MEMO));
  await Promise.all(said.map((key) => liveAudio.close(streamOf(key.slice(MEMO.length)))));
}

async function sayLive(
  parts: SayingParts,
  id: string,
  { sound }: BegunSpeech,
  { untilDigit = false }: PlayChoice,
): Promise<PlaybackEnd> {
  const { scope, state, step, liveAudio, signal } = parts;
  const isEnded = await keyEnding(parts, id, untilDigit);
  if (!step.resumed && isEnded()) return "interrupted";
  // Stored before there is a stream, so that a later process knows what to close.
  if (heardBefore(parts, id) === undefined) await state.remember(step.id, memoKey(id), 0);
  const order = { channelId: scope.call.channel_id, streamId: streamOf(id), heard: "none", speaks: true } as const;
  await using stream = await liveAudio.open({ ...order, sampleRateHz: 16_000, how: "bridge" }, signal);
  const over = new AbortController();
  const wait = AbortSignal.any([signal, over.signal]);
  const pressed = scope.changes.until(() => (isEnded() ? ("interrupted" as const) : undefined), wait);
  pressed.catch(() => undefined);
  try {
    const ended = await Promise.race([pump(parts, id, sound, stream, wait), pressed]);
    if (ended === "interrupted") stream.flush();
    return ended;
  } finally {
    over.abort();
  }
}

/** How much of it was heard before a crash, ms; undefined when it was not streamed. */
function heardBefore({ state }: SayingParts, id: string): number | undefined {
  const heardMs = state.recall(memoKey(id));
  return typeof heardMs === "number" ? heardMs : undefined;
}

async function pump(
  parts: SayingParts,
  id: string,
  sound: AsyncIterable<Uint8Array>,
  stream: LiveStream,
  wait: AbortSignal,
): Promise<"finished"> {
  const { clock, state, step } = parts;
  let skipBytes = (heardBefore(parts, id) ?? 0) * BYTES_PER_MS;
  let sentMs = skipBytes / BYTES_PER_MS;
  let heardUntilMs = 0;
  let rememberedAtMs = Number.NEGATIVE_INFINITY;

  /** Sends a second at most before it looks at the time again. */
  async function send(audio: Uint8Array): Promise<void> {
    await stream.send(audio, wait);
    requireOpen(stream);
    const nowMs = clock.now();
    const lengthMs = audio.length / BYTES_PER_MS;
    heardUntilMs = Math.max(heardUntilMs, nowMs) + lengthMs;
    sentMs += lengthMs;
    if (nowMs < rememberedAtMs + REMEMBERED_EVERY_MS) return;
    rememberedAtMs = nowMs;
    await remember();
  }
  const remember = () =>
    state.remember(step.id, memoKey(id), Math.max(0, Math.round(sentMs - (heardUntilMs - clock.now()))), true);

  for await (const part of sound) {
    const skipped = Math.min(skipBytes, part.length);
    skipBytes -= skipped;
    for (let at = skipped; at < part.length; at += PIECE_BYTES) {
      await send(part.subarray(at, at + PIECE_BYTES));
    }
  }
  const drained = stream.drained(wait);
  await remembering(drained, remember, clock, wait);
  requireOpen(stream);
  return "finished";
}

/** `refused`: it may well have ended with its call, of which there is news soon. */
function requireOpen({ signal }: LiveStream): void {
  if (signal.aborted) throw new TelephonyError("refused", "say", "the way to the caller's ear broke off");
}

/** Remembers each second how far it was heard, until all has been. */
async function remembering(
  drained: Promise<void>,
  remember: () => Promise<void>,
  clock: Clock,
  wait: AbortSignal,
): Promise<void> {
  let isDrained = false;
  const heard = drained.finally(() => {
    isDrained = true;
  });
  heard.catch(() => undefined);
  while (!isDrained) {
    await remember();
    await Promise.race([heard, clock.sleepUntil(clock.now() + REMEMBERED_EVERY_MS, wait)]);
  }
  await heard;
}

const PIECE_BYTES = 1_000 * BYTES_PER_MS;
const streamOf = (id: string): string => `${id}.live`;
const MEMO = "heard:";
const memoKey = (id: string): string => `${MEMO}${id}`;
