/**
 * Sound over whatever a call hears: a channel that whispers into the call's, and plays. It is named after the overlay,
 * as its playback is, so a repeat finds both.
 */
import type { Clock } from "../ports/clock.ts";
import type { Media } from "../ports/media.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";
import { type Ask, unlessGone } from "./ask.ts";
import { carriesWideband, mediaUri } from "./media-uri.ts";
import { onceEntered } from "./once-entered.ts";
import { SERVANT } from "./roles.ts";
import { exists, type Snoops } from "./snoops.ts";
import type { SteadySending } from "./steady-sending.ts";

type Parts = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly mediaUrl: string;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly closing: AbortSignal;
  readonly snoops: Snoops;
  readonly sending: SteadySending;
};

/** How often it is asked whether the news of the end was lost. */
const LOOK_MS = 2_000;

export function overlays(parts: Parts) {
  const { connection, application, mediaUrl, clock, ask, closing, snoops, sending } = parts;
  const { channels, playbacks } = connection.ari;

  async function play(
    channelId: string,
    overlayId: string,
    media: readonly Media[],
    signal: AbortSignal,
  ): Promise<void> {
    await using over = watch(overlayId, signal);
    await using held = new AsyncDisposableStack();
    await ask("playOver", signal, async () => {
      if (await isPlaying(overlayId, signal)) return;
      const wideband = await carriesWideband(channels, channelId, signal);
      await snoops.make({
        ...{ channelId, snoopId: overlayId, whisper: "out", spy: "none" },
        ...{ app: application, appArgs: SERVANT },
      });
      held.use(await sending.hold(channelId, { brief: true }, signal));
      const uris = media.map((one) => mediaUri(one, mediaUrl, wideband));
      const begin = () => channels.playWithId({ channelId: overlayId, playbackId: overlayId, media: uris });
      await onceEntered(clock, begin, signal);
    });
    await over.ended();
  }

  const isPlaying = (overlayId: string, signal: AbortSignal): Promise<boolean> =>
    exists(playbacks.get({ playbackId: overlayId }, { signal }));

  /** Listens from now on; at the end, nothing is left of the overlay. */
  function watch(overlayId: string, signal: AbortSignal) {
    const heardOfEnd = new AbortController();
    const waiting = AbortSignal.any([signal, heardOfEnd.signal]);
    let failed = false;
    const stopListening = connection.onEvent((event) => {
      if (!isEndOf(event, overlayId)) return;
      failed = isFailure(event);
      heardOfEnd.abort();
    });

    return {
      /** Resolves at the end of the playback, rejects with the signal's reason. */
      async ended(): Promise<void> {
        while (!waiting.aborted) {
          await clock.sleepUntil(clock.now() + LOOK_MS, waiting).catch(() => undefined);
          if (!waiting.aborted && !(await ask("playOver", signal, () => isPlaying(overlayId, signal)))) break;
        }
        signal.throwIfAborted();
        if (failed) throw new TelephonyError("refused", "playOver", "Asterisk could not play it");
      },
      async [Symbol.asyncDispose]() {
        stopListening();
        await unlessGone(ask("playOver", closing, () => channels.hangup({ channelId: overlayId })));
      },
    };
  }

  async function waitFor(
    over: ReturnType<typeof watch>,
    channelId: string,
    overlayId: string,
    signal: AbortSignal,
  ): Promise<void> {
    await using _ = await sending.hold(channelId, { brief: true, resumed: true }, signal);
    if (await ask("finishOver", signal, () => isPlaying(overlayId, signal))) await over.ended();
  }

  return {
    play,
    /** Waits for the end of one that an earlier process began. */
    async finish(channelId: string, overlayId: string, signal: AbortSignal): Promise<void> {
      await using over = watch(overlayId, signal);
      await unlessGone(waitFor(over, channelId, overlayId, signal));
    },
  };
}

const isEndOf = (event: AriEvent, overlayId: string): boolean => {
  const known = event as KnownAriEvent;
  if (known.type === "PlaybackFinished") return known.playback.id === overlayId;
  return (known.type === "StasisEnd" || known.type === "ChannelDestroyed") && known.channel.id === overlayId;
};

const isFailure = (event: AriEvent): boolean => {
  const known = event as KnownAriEvent;
  return known.type === "PlaybackFinished" && known.playback.state === "failed";
};
