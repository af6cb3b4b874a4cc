/**
 * Sound over whatever a call hears: a channel that whispers into the call's, and plays.
 *
 * 1. It is named after the overlay, as its playback is, so a repeat finds both.
 * 2. Asterisk mixes into what it sends to a call, so something must be sent: silence, where there is nothing else.
 */
import type { Clock } from "../ports/clock.ts";
import type { Media } from "../ports/media.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";
import { type Ask, unlessDone, unlessGone } from "./ask.ts";
import { carriesWideband, mediaUri } from "./media-uri.ts";
import { SERVANT } from "./roles.ts";

type Parts = {
  readonly connection: AriConnection;
  readonly application: string;
  readonly mediaUrl: string;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly closing: AbortSignal;
};

/** A new channel is in our application within milliseconds; on a machine that stands still, later. */
const ENTRY_MS = 5_000;
const ENTRY_PAUSE_MS = 5;

/** Three packets long: who has been sent none for so long is being sent nothing. */
const LOOK_MS = 60;
/** How often it is asked whether the end was missed. */
const LOOKS_PER_QUESTION = 30;

export function overlays({ connection, application, mediaUrl, clock, ask, closing }: Parts) {
  const { channels, playbacks } = connection.ari;
  const inTurn = oneAtATime();

  async function play(
    channelId: string,
    overlayId: string,
    media: readonly Media[],
    signal: AbortSignal,
  ): Promise<void> {
    await using over = watch(channelId, overlayId, signal);
    await ask("playOver", signal, async () => {
      if (await isPlaying(overlayId, signal)) return;
      const wideband = await carriesWideband(channels, channelId, signal);
      await inTurn(() => makeWhisperer(channelId, overlayId, signal));
      await over.keepSending();
      const uris = media.map((one) => mediaUri(one, mediaUrl, wideband));
      await onceEntered(
        () => channels.playWithId({ channelId: overlayId, playbackId: overlayId, media: uris }),
        signal,
      );
    });
    await over.ended();
  }

  /** Many at once take seconds, and some fail; so they are made in turn. */
  async function makeWhisperer(channelId: string, overlayId: string, signal: AbortSignal): Promise<void> {
    if (await exists(channels.get({ channelId: overlayId }, { signal }))) return;
    const whisperer = { channelId, snoopId: overlayId, whisper: "out", spy: "none" } as const;
    await channels.snoopChannelWithId({ ...whisperer, app: application, appArgs: SERVANT }, { signal });
  }

  async function onceEntered(request: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const lastMs = clock.now() + ENTRY_MS;
    for (;;) {
      try {
        await request();
        return;
      } catch (error) {
        if (!(error instanceof AriError && error.isConflict) || clock.now() > lastMs) throw error;
        await clock.sleepUntil(clock.now() + ENTRY_PAUSE_MS, signal);
      }
    }
  }

  const isPlaying = (overlayId: string, signal: AbortSignal): Promise<boolean> =>
    exists(playbacks.get({ playbackId: overlayId }, { signal }));

  /** Listens from now on; at the end, nothing is left of the overlay. */
  function watch(channelId: string, overlayId: string, signal: AbortSignal) {
    const heardOfEnd = new AbortController();
    const stopListening = connection.onEvent((event) => {
      if (!isEndOf(event, overlayId)) return;
      failed = isFailure(event);
      heardOfEnd.abort();
    });
    const waiting = AbortSignal.any([signal, heardOfEnd.signal]);
    let sentPackets: number | undefined;
    let addsSilence = false;
    let failed = false;

    /** Sends silence when nothing has been sent for a moment. */
    async function keepSending(): Promise<void> {
      sentPackets ??= await packetsTo(channelId, signal);
      await clock.sleepUntil(clock.now() + LOOK_MS, waiting).catch(() => undefined);
      const before = sentPackets;
      sentPackets = await packetsTo(channelId, signal);
      if (waiting.aborted || sentPackets === undefined || sentPackets !== before) return;
      addsSilence = true;
      await channels.startSilence({ channelId }, { signal });
    }

    return {
      keepSending,
      /** Resolves at the end of the playback, rejects with the signal's reason. */
      async ended(): Promise<void> {
        for (let look = 1; !waiting.aborted; look++) {
          await ask("playOver", signal, async () => {
            await keepSending();
            if (look % LOOKS_PER_QUESTION === 0 && !(await isPlaying(overlayId, signal))) heardOfEnd.abort();
          });
        }
        signal.throwIfAborted();
        if (failed) throw new TelephonyError("refused", "playOver", "Asterisk could not play it");
      },
      addedSilence: () => {
        addsSilence = true;
      },
      async [Symbol.asyncDispose]() {
        stopListening();
        const stopSilence = () => unlessDone(channels.stopSilence({ channelId }));
        if (addsSilence) await unlessGone(ask("playOver", closing, stopSilence));
        await unlessGone(ask("playOver", closing, () => channels.hangup({ channelId: overlayId })));
      },
    };
  }

  async function packetsTo(channelId: string, signal: AbortSignal): Promise<number | undefined> {
    try {
      const { txcount } = await channels.rtpstatistics({ channelId }, { signal });
      return txcount;
    } catch (error) {
      // Not a channel that counts.
      if (error instanceof AriError && error.kind === "refused") return undefined;
      throw error;
    }
  }

  return {
    play,
    /** Waits for the end of one that an earlier process began. */
    async finish(channelId: string, overlayId: string, signal: AbortSignal): Promise<void> {
      await using over = watch(channelId, overlayId, signal);
      // Whether that process added silence nobody knows; a bridge would stay mute behind it.
      over.addedSilence();
      if (await ask("finishOver", signal, () => isPlaying(overlayId, signal))) await over.ended();
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

async function exists(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof AriError && error.isGone) return false;
    throw error;
  }
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
