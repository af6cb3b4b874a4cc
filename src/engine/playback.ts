/**
 * Plays once, whatever happens meanwhile.
 *
 * 1. A playback that has ended is not repeated, one that goes on is not doubled, one that never began is begun: also
 *    when the process, or the connection to the switch, died in between. Asterisk loses without a word what it is asked to
 *    play in the instant in which the channel leaves a bridge.
 * 2. Three sources tell how far it came: events seen since (the switch keeps them while we are away), the memo of the
 *    step (`playing:ID`, stored when it was first heard of), and the switch itself.
 * 3. Nothing goes on playing for a step that was interrupted: its request is not cut short, so that we know what there
 *    is to stop.
 */
import type { PlaybackEnd, PlayChoice } from "../ports/call-control.ts";
import type { Media } from "../ports/media.ts";
import { type Telephony, TelephonyError } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";
import { memoOf, type RunState, type Step } from "./run-state.ts";
import { DIGITS } from "./system-variables.ts";

export type PlaybackParts = {
  readonly scope: CallScope;
  readonly telephony: Telephony;
  readonly state: RunState;
  readonly step: Step;
  readonly signal: AbortSignal;
  /** How many digits there were when the step began. */
  readonly digitsAtStart: number;
};

/** How often a playback is tried whose request was lost on the way. */
const ATTEMPTS = 3;
/** How long the switch takes to tell of a playback, at most; until then nobody asks. */
const NEWS_MS = 500;

/** Plays under this id, which belongs to the step, beginning so far into the first, and tells how it ended. */
export async function playOnce(
  parts: PlaybackParts,
  playbackId: string,
  media: readonly Media[],
  { untilDigit = false }: PlayChoice,
  fromMs = 0,
): Promise<PlaybackEnd> {
  const { scope, step, telephony } = parts;
  const isEnded = await keyEnding(parts, playbackId, untilDigit);
  const ending = (): PlaybackEnd | undefined => {
    const seen = scope.playbacks.get(playbackId);
    if (seen === "finished" || seen === "failed") return seen;
    return isEnded() ? "interrupted" : undefined;
  };
  // Pressed while the audio was being made: nothing needs to be heard. A resumed step may be playing already.
  if (!step.resumed && ending() === "interrupted") return "interrupted";
  try {
    await begin({ ...parts, fromMs }, playbackId, media, step.resumed ? "perhaps begun" : "new");
    for (let attempt = 1; attempt < ATTEMPTS && (await isLost(parts, playbackId, ending)); attempt++) {
      await begin({ ...parts, fromMs }, playbackId, media, "perhaps begun");
    }
    const ended = await untilEnd(parts, playbackId, ending);
    if (ended === "interrupted") await telephony.stopPlayback(playbackId);
    return ended;
  } catch (error) {
    if (parts.signal.aborted && !scope.signal.aborted) await telephony.stopPlayback(playbackId);
    throw error;
  } finally {
    scope.forgetPlayback(playbackId);
  }
}

/** Tells whether a key has ended what the caller hears under this id, as one pressed since the step began does. */
export async function keyEnding(
  { state, step, digitsAtStart }: PlaybackParts,
  id: string,
  untilDigit: boolean,
): Promise<() => boolean> {
  if (!untilDigit) return () => false;
  const digitsBefore = await memoOf(state, step.id)(`digits:${id}`, () => digitsAtStart);
  return () => (state.variables.get(DIGITS) ?? "").length > digitsBefore;
}

async function begin(
  parts: PlaybackParts & { readonly fromMs: number },
  playbackId: string,
  media: readonly Media[],
  known: "new" | "perhaps begun",
  attempt = 1,
): Promise<void> {
  const { scope, telephony, signal } = parts;
  if (known === "perhaps begun" && (await hasBegun(parts, playbackId))) return;
  try {
    signal.throwIfAborted();
    await telephony.play(scope.call.channel_id, playbackId, media, scope.signal, parts.fromMs);
  } catch (error) {
    const lost = error instanceof TelephonyError && error.fault === "unavailable";
    if (!lost || attempt >= ATTEMPTS) throw error;
    await begin(parts, playbackId, media, "perhaps begun", attempt + 1);
  }
}

/** Leaves a playback that has begun and is over, with no news of its end, marked as finished. */
async function hasBegun({ scope, state, telephony, signal }: PlaybackParts, playbackId: string): Promise<boolean> {
  const playing = await telephony.isPlaying(playbackId, signal);
  const seen = scope.playbacks.get(playbackId);
  if (seen === "failed") {
    // Its audio may have been asked of us while we were not there; should it fail again, that is the end of it.
    scope.forgetPlayback(playbackId);
    return false;
  }
  const begun = playing || seen !== undefined || state.recall(memoKey(playbackId)) === true;
  if (begun && !playing) scope.playback(playbackId, "finished");
  return begun;
}

/** Whether nothing is heard of a playback, nor known of it by the switch. */
async function isLost(
  parts: PlaybackParts,
  playbackId: string,
  ending: () => PlaybackEnd | undefined,
): Promise<boolean> {
  const { scope, telephony, signal } = parts;
  const isTold = () => scope.playbacks.has(playbackId) || ending() !== undefined;
  if (await comesTrue(scope, isTold, signal)) return false;
  if (await telephony.isPlaying(playbackId, signal)) return false;
  // It may be over, and the news of that on its way.
  return !(await comesTrue(scope, isTold, signal));
}

/** Whether something becomes true as soon as news do. */
async function comesTrue({ changes }: CallScope, condition: () => boolean, signal: AbortSignal): Promise<boolean> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    changes.notify();
  }, NEWS_MS);
  try {
    return await changes.until(() => (condition() ? true : isLate ? false : undefined), signal);
  } finally {
    clearTimeout(timer);
  }
}

async function untilEnd(
  { scope, telephony, signal }: PlaybackParts,
  playbackId: string,
  ending: () => PlaybackEnd | undefined,
): Promise<PlaybackEnd> {
  for (;;) {
    const looks = scope.looks;
    const heard = await scope.changes.until(
      () => ending() ?? (scope.looks > looks ? ("look" as const) : undefined),
      signal,
    );
    if (heard !== "look") return heard;
    if (!(await telephony.isPlaying(playbackId, signal))) return ending() ?? "finished";
  }
}

/** Remembers that a playback has been heard of, if it is one of the running step. */
export async function rememberPlayback(state: RunState, playbackId: string): Promise<void> {
  const { step } = state;
  if (!step || !playbackId.startsWith(`${step.id}.`) || state.recall(memoKey(playbackId))) return;
  // Should it be lost with us, Asterisk still plays, or has kept the news of its end for us.
  await state.remember(step.id, memoKey(playbackId), true, true);
}

/** Stops what an earlier process began to play for the running step, as far as it was heard of. */
export async function stopPlaybacks({ step }: RunState, telephony: Telephony): Promise<void> {
  const heardOf = Object.keys(step?.memo ?? {}).filter((key) => key.startsWith(MEMO));
  await Promise.all(heardOf.map((key) => telephony.stopPlayback(key.slice(MEMO.length))));
}

const MEMO = "playing:";
const memoKey = (playbackId: string) => `${MEMO}${playbackId}`;
