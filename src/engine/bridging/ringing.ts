/** What a caller hears while others are rung: that it rings, or what comes from one of them. */
import type { Bridges } from "../../ports/bridges.ts";
import type { ChannelSound } from "../../ports/channel-sound.ts";
import type { CallScope } from "../call-scope.ts";
import type { CallSounds } from "../call-sound.ts";
import type { Group } from "../dialing/group.ts";
import { unlessHungUp } from "../hangup-news.ts";
import { join } from "./talk.ts";

export type RingingParts = {
  readonly caller: CallScope;
  readonly sound: Pick<ChannelSound, "openEarlyMedia">;
  readonly sounds: CallSounds;
  readonly bridges: Bridges;
  readonly bridgeId: string;
  readonly signal: AbortSignal;
};

export type RingTone = AsyncDisposable & {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it for a caller who has been answered all the time; the answer does for others. */
  stopForAnswer(): Promise<void>;
};

/** The caller hears that it rings, from `start` to `stop`, and no longer than the result is kept. */
export function ringToneOf({ caller, sounds }: RingingParts, { mayRing }: { readonly mayRing: boolean }): RingTone {
  let isRinging = mayRing;
  async function stop(): Promise<void> {
    if (!isRinging) return;
    isRinging = false;
    await sounds.stepHears(caller, "nothing");
  }
  return {
    async start() {
      isRinging = true;
      await unlessHungUp(caller, sounds.stepHears(caller, "ringing"));
    },
    stop,
    async stopForAnswer() {
      if (caller.call.status === "progressing") return await stop();
      isRinging = false;
      sounds.answered(caller);
    },
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Lets the caller hear the first who sends sound before the answer; when that one gives up, the next, and ringing
 * meanwhile. Until the group is decided; `onHeard` is told before one is.
 */
export async function hearEarlyMedia(
  parts: RingingParts,
  group: Group,
  ringTone: RingTone,
  decided: Promise<unknown>,
  onHeard: () => void,
): Promise<void> {
  using ends = aborter();
  const signal = AbortSignal.any([parts.signal, ends.signal]);
  const isDecided = decided.then(() => undefined);
  for (;;) {
    const heard = await Promise.race([isDecided, group.changes.until(() => group.legs().find(isHeard), signal)]);
    if (!heard) return;
    onHeard();
    await ringTone.stop();
    await joinEarly(parts, heard);
    const isOver = await Promise.race([isDecided.then(() => true), unheard(heard, signal)]);
    if (isOver) return;
    await ringTone.start();
  }
}

async function joinEarly({ caller, sound, bridges, bridgeId, signal }: RingingParts, heard: CallScope): Promise<void> {
  const { status, channel_id } = caller.call;
  if (status === "ringing") await unlessHungUp(caller, sound.openEarlyMedia(channel_id, signal));
  await join(bridges, bridgeId, [caller, heard], signal);
}

const isHeard = ({ hasEarlyMedia, call }: CallScope): boolean => hasEarlyMedia && call.status !== "hangup";

/** Resolves with false when nothing more comes from this one. */
const unheard = (scope: CallScope, signal: AbortSignal): Promise<false> =>
  scope.changes
    .until(() => (isHeard(scope) ? undefined : (false as const)), AbortSignal.any([signal, scope.signal]))
    .catch((): false => false);

function aborter(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
