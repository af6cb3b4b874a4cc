/**
 * What carries the audio of one call elsewhere: a channel that listens to the call's, and whispers to it (a snoop), in a
 * bridge with one that leads there.
 *
 * 1. All are named after what they serve, so that nothing of it is left when it is over, whoever made it.
 * 2. What makes something is never cut short: what is undone was done.
 */
import type { Clock } from "../ports/clock.ts";
import type { HeardAudio } from "../ports/live-audio.ts";
import type { AriConnection } from "./ari/connection.ts";
import { askThrough, BRIDGE_GONE, CHANNEL_OR_BRIDGE_GONE, unlessDone, unlessGone } from "./ask.ts";
import { BRIDGE_TYPE } from "./bridges.ts";
import { onceEntered } from "./once-entered.ts";
import { SERVANT } from "./roles.ts";
import type { Snoops } from "./snoops.ts";

export type TapParts = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly clock: Clock;
  readonly snoops: Snoops;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

/** What bridges answer about a channel that has not entered our application. */
const NOT_IN_APPLICATION = 422;

/** A channel that is hung up is gone within milliseconds; on a machine that stands still, later. */
const GONE_MS = 5_000;
const GONE_PAUSE_MS = 3;

export type TapIds = ReturnType<typeof tapIds>;
export const tapIds = (id: string) => ({ bridge: `${id}.bridge`, media: `${id}.media`, snoop: `${id}.snoop` });

/** Channels that are made for another application than a call's say so behind its name, where they take no arguments. */
export const servantOf = (application: string): string => `${application},${SERVANT}`;

export function taps({ connection, application, clock, snoops, closing }: TapParts) {
  const { bridges, channels } = connection.ari;
  const ask = askThrough(connection);

  /** Rejects when it is gone: what has been hung up lives on for some milliseconds, and could be taken for a new one. */
  async function end(channelId: string): Promise<void> {
    await channels.hangup({ channelId });
    for (const lastMs = clock.now() + GONE_MS; clock.now() < lastMs; ) {
      await channels.get({ channelId });
      await clock.sleepUntil(clock.now() + GONE_PAUSE_MS, closing);
    }
  }

  /** Makes the channel that listens, unless there is one. */
  const listen = (
    { snoop }: Pick<TapIds, "snoop">,
    channelId: string,
    { heard, speaks }: { readonly heard: HeardAudio; readonly speaks: boolean },
    signal: AbortSignal,
  ): Promise<void> =>
    ask("tap", signal, () =>
      snoops.make({
        ...{ channelId, snoopId: snoop, spy: heard, whisper: speaks ? "out" : "none" },
        ...{ app: application, appArgs: SERVANT },
      }),
    );

  /** Makes the bridge, unless there is one, and puts those channels into it that are not. */
  async function join({ bridge: bridgeId }: TapIds, members: readonly string[], signal: AbortSignal): Promise<void> {
    await ask("tap", signal, () => unlessDone(bridges.createWithId({ bridgeId, type: BRIDGE_TYPE })));
    const { channels: present } = await ask("tap", signal, () => bridges.get({ bridgeId }, { signal }));
    // Asterisk takes one that is in it out, and puts it in again.
    const channel = members.filter((id) => !present.includes(id));
    if (channel.length > 0) await ask("tap", signal, () => enter(bridgeId, channel, signal), CHANNEL_OR_BRIDGE_GONE);
  }

  /** Puts channels that have just been made into a bridge. */
  const enter = (bridgeId: string, channel: string[], signal: AbortSignal): Promise<void> =>
    onceEntered(clock, () => bridges.addChannel({ bridgeId, channel }), signal, NOT_IN_APPLICATION);

  return {
    listen,
    join,
    enter,
    /**
     * Lets a tap that hears what the call hears also hear what is whispered to it, until this is disposed of: Asterisk gives
     * listeners what a channel is sent before whispers are mixed into that.
     */
    async hearWhispers(ids: TapIds, channelId: string, signal: AbortSignal): Promise<AsyncDisposable> {
      const ears = new Set<string>();
      async function hear(whispererId: string): Promise<void> {
        if (whispererId === ids.snoop) return;
        const snoop = `${ids.snoop}.${whispererId}`;
        ears.add(snoop);
        await listen({ snoop }, whispererId, { heard: "out", speaks: false }, signal);
        await join(ids, [snoop], signal);
      }
      const listener = (whispererId: string) => unlessGone(hear(whispererId));
      await snoops.onWhisper(channelId, listener);
      return {
        async [Symbol.asyncDispose]() {
          snoops.offWhisper(listener);
          await Promise.all([...ears].map((id) => unlessGone(ask("untap", closing, () => end(id)))));
        },
      };
    },
    /** Leaves nothing of it. */
    async close({ bridge, media, snoop }: TapIds): Promise<void> {
      await unlessGone(ask("untap", closing, () => bridges.destroy({ bridgeId: bridge }), BRIDGE_GONE));
      await Promise.all([media, snoop].map((channelId) => unlessGone(ask("untap", closing, () => end(channelId)))));
    },
  };
}
