/**
 * Silence for a call to which nothing is sent: Asterisk mixes a whisper only into what it sends.
 *
 * 1. One keeper for a channel, for all who whisper to it; it stays for as long as one of them does.
 * 2. Silence goes instead of what a bridge has to say. So it ends as soon as somebody comes into the call's bridge, and
 *    begins beside somebody only for those who whisper briefly.
 */
import type { Clock } from "../ports/clock.ts";
import { TelephonyError } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { AriEvent } from "./ari/event.ts";
import type { KnownAriEvent } from "./ari/models.generated.ts";
import { askThrough, unlessDone, unlessGone } from "./ask.ts";

type Parts = {
  readonly connection: AriConnection;
  readonly clock: Clock;
  /** What is to be ended is ended until then. */
  readonly closing: AbortSignal;
};

export type Whisperer = {
  /** Soon over: a partner who says nothing just now may be kept from being heard meanwhile. */
  readonly brief: boolean;
  /** An earlier process may have left its silence. */
  readonly resumed?: boolean;
};

export interface SteadySending {
  /** Resolves when something is sent to the channel, which stays so until the result is disposed of. */
  hold(channelId: string, whisperer: Whisperer, signal: AbortSignal): Promise<AsyncDisposable>;
}

/** Three packets long: who has been sent none for so long is being sent nothing. */
const LOOK_MS = 60;
/** Between looks when there has been no news: a partner may fall silent without any. */
const CALM_MS = 200;
/** After Asterisk has not answered. */
const AGAIN_MS = 1_000;
/** The first look after news may still see what was sent before it. */
const LOOKS_AFTER_NEWS = 2;

export function steadySending(parts: Parts): SteadySending {
  const keepers = new Map<string, Keeper>();
  return {
    async hold(channelId, whisperer, signal) {
      const keeper = keepers.get(channelId) ?? keep(parts, channelId);
      keepers.set(channelId, keeper);
      const release = async () => {
        if (keeper.withdraw(whisperer)) return;
        keepers.delete(channelId);
        await keeper.end();
      };
      try {
        await keeper.admit(whisperer, signal);
      } catch (error) {
        await release();
        throw error;
      }
      return { [Symbol.asyncDispose]: release };
    },
  };
}

type Keeper = {
  /** Resolves after the next look. Rejects with the signal's reason, or because the channel can't be looked at. */
  admit(whisperer: Whisperer, signal: AbortSignal): Promise<void>;
  /** Whether others are left. */
  withdraw(whisperer: Whisperer): boolean;
  end(): Promise<void>;
};

function keep({ connection, clock, closing }: Parts, channelId: string): Keeper {
  const ask = askThrough(connection);
  const { channels, bridges } = connection.ari;
  const whisperers = new Set<Whisperer>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, closing]);
  let nextLook = Promise.withResolvers<void>();
  let wake = new AbortController();
  let eagerLooks = LOOKS_AFTER_NEWS;
  let hasPartners = false;
  let isPlaying = false;
  let hasSilence = false;

  const stopListening = connection.onEvent((event) => {
    const news = newsOf(event, channelId);
    if (!news) return;
    hasPartners = news.hasPartners ?? hasPartners;
    isPlaying = news.isPlaying ?? isPlaying;
    lookSoon();
  });
  const lookSoon = () => {
    eagerLooks = LOOKS_AFTER_NEWS;
    wake.abort();
  };

  async function run(): Promise<void> {
    const all = await ask("hold", signal, () => bridges.list({ signal }));
    hasPartners ||= all.some(({ channels: members }) => members.includes(channelId) && members.length > 1);
    for (let sent = await packets(); !signal.aborted; ) {
      if (hasSilence && !mayFill()) await stopSilence();
      await pause();
      const before = sent;
      sent = await packets();
      const isSilent = sent !== undefined && sent === before && !isPlaying;
      if (isSilent && mayFill() && !signal.aborted) {
        hasSilence = true;
        await ask("hold", signal, () => channels.startSilence({ channelId }));
      }
      nextLook.resolve();
      nextLook = Promise.withResolvers();
    }
  }

  /** Looks for as long as there is a channel. */
  async function runOn(): Promise<void> {
    while (!signal.aborted) {
      try {
        await run();
      } catch (error) {
        nextLook.promise.catch(() => undefined);
        if (signal.aborted || (error instanceof TelephonyError && error.fault === "gone")) nextLook.reject(error);
        if (error instanceof TelephonyError && error.fault === "gone") return;
        await clock.sleepUntil(clock.now() + AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }

  const mayFill = () => !hasPartners || [...whisperers].some(({ brief }) => brief);

  async function pause(): Promise<void> {
    wake = new AbortController();
    const woken = AbortSignal.any([signal, wake.signal]);
    const sleep = (durationMs: number, until: AbortSignal) =>
      clock.sleepUntil(clock.now() + durationMs, until).catch(() => undefined);
    if (eagerLooks === 0) await sleep(CALM_MS - LOOK_MS, woken);
    eagerLooks = Math.max(0, eagerLooks - 1);
    // Never less: packets are counted from here on.
    await sleep(LOOK_MS, signal);
  }

  async function stopSilence(): Promise<void> {
    hasSilence = false;
    await unlessGone(ask("stopSilence", closing, () => unlessDone(channels.stopSilence({ channelId }))));
  }

  const packets = () =>
    ask("hold", signal, async () => {
      try {
        return (await channels.rtpstatistics({ channelId }, { signal })).txcount;
      } catch (error) {
        // Not a channel that counts.
        if (error instanceof AriError && error.kind === "refused" && !error.isGone) return undefined;
        throw error;
      }
    });

  const running = runOn();

  return {
    async admit(whisperer, waiting) {
      whisperers.add(whisperer);
      hasSilence ||= whisperer.resumed === true;
      lookSoon();
      const given = Promise.withResolvers<never>();
      const giveUp = () => given.reject(waiting.reason);
      waiting.addEventListener("abort", giveUp, { once: true });
      try {
        waiting.throwIfAborted();
        await Promise.race([nextLook.promise, given.promise]);
      } finally {
        waiting.removeEventListener("abort", giveUp);
      }
    },
    withdraw(whisperer) {
      whisperers.delete(whisperer);
      return whisperers.size > 0;
    },
    async end() {
      stopListening();
      ending.abort(new Error("nobody whispers any more"));
      await running;
      if (hasSilence) await stopSilence();
    },
  };
}

/** What an event says about what is sent to a channel; undefined when nothing. */
function newsOf(
  event: AriEvent,
  channelId: string,
): { readonly hasPartners?: boolean; readonly isPlaying?: boolean } | undefined {
  const known = event as KnownAriEvent;
  switch (known.type) {
    case "PlaybackStarted":
    case "PlaybackFinished":
      if (known.playback.target_uri !== `channel:${channelId}`) return undefined;
      return { isPlaying: known.type === "PlaybackStarted" };
    case "ChannelEnteredBridge":
    case "ChannelLeftBridge": {
      const { channels } = known.bridge;
      if (channels.includes(channelId)) return { hasPartners: channels.length > 1 };
      return known.channel?.id === channelId ? { hasPartners: false } : undefined;
    }
    default:
      return undefined;
  }
}
