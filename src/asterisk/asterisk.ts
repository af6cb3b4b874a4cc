/** Asterisk as the core's telephony switch. */
import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import type { Media } from "../ports/media.ts";
import { type Telephony, TelephonyError, type TelephonyEvent } from "../ports/telephony.ts";
import { AriError } from "./ari/ari-error.ts";
import type { AriConnection } from "./ari/connection.ts";
import { channelSnapshot, telephonyEvent } from "./events.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { isWideband, mediaUri } from "./media-uri.ts";

export type AsteriskSettings = {
  readonly connection: AriConnection;
  readonly application: string;
  /** Where Asterisk fetches our audio, without an ending slash. */
  readonly mediaUrl: string;
  /** Asterisk knows that we are there, and sends us new calls. */
  readonly onBeat: () => void;
  readonly clock: Clock;
  readonly log: Logger;
};

export function asteriskTelephony(settings: AsteriskSettings): Telephony {
  const { connection, application, mediaUrl } = settings;
  const { ari } = connection;
  const closing = new AbortController();
  const widebandChannels = new Map<string, boolean>();
  let stopHeartbeat = () => {};

  /** Waits for Asterisk, asks, and says what a failure means to the core. */
  async function ask<T>(operation: string, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    await connection.whenUp(signal);
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof AriError)) throw error;
      throw new TelephonyError(faultOf(error), operation, error.message, { cause: error });
    }
  }

  /** For operations that have reached their goal when what they act on is gone. */
  async function unlessGone(work: Promise<void>): Promise<void> {
    await work.catch((error) => {
      if (!(error instanceof TelephonyError && error.fault === "gone")) throw error;
    });
  }

  async function carriesWideband(channelId: string, signal: AbortSignal): Promise<boolean> {
    const known = widebandChannels.get(channelId);
    if (known !== undefined) return known;
    const { value } = await ari.channels.getChannelVar(
      { channelId, variable: "CHANNEL(audionativeformat)" },
      { signal },
    );
    widebandChannels.set(channelId, isWideband(value));
    return isWideband(value);
  }

  async function urisFor(channelId: string, media: readonly Media[], signal: AbortSignal): Promise<string[]> {
    const wideband = media.some(({ kind }) => kind === "audio") && (await carriesWideband(channelId, signal));
    return media.map((one) => mediaUri(one, mediaUrl, wideband));
  }

  return {
    onEvent(listener: (event: TelephonyEvent) => void) {
      connection.onEvent((ariEvent) => {
        const event = telephonyEvent(ariEvent);
        if (!event) return;
        if (event.type === "channel_left") widebandChannels.delete(event.channelId);
        listener(event);
      });
    },
    onReachable(listener) {
      connection.onState(({ kind }) => {
        if (kind === "up") listener();
      });
    },
    async start() {
      stopHeartbeat = startHeartbeat(settings);
      await connection.start();
    },
    async stop() {
      stopHeartbeat();
      closing.abort(new Error("we stop"));
      await connection.close();
    },
    channels: (signal) =>
      ask("channels", signal, async () => {
        const channels = await ari.channels.list({ signal });
        return channels
          .filter(({ dialplan }) => dialplan.app_name === "Stasis" && appOf(dialplan.app_data) === application)
          .map((channel) => channelSnapshot(channel, argumentsOf(channel.dialplan.app_data)));
      }),
    answer: (channelId, signal) => ask("answer", signal, () => ari.channels.answer({ channelId }, { signal })),
    play: (channelId, playbackId, media, signal) =>
      ask("play", signal, async () => {
        const uris = await urisFor(channelId, media, signal);
        await ari.channels.playWithId({ channelId, playbackId, media: uris }, { signal });
      }),
    isPlaying: (playbackId, signal) =>
      ask("isPlaying", signal, () => ari.playbacks.get({ playbackId }, { signal })).then(
        () => true,
        (error) => {
          if (error instanceof TelephonyError && error.fault === "gone") return false;
          throw error;
        },
      ),
    stopPlayback: (playbackId) =>
      unlessGone(ask("stopPlayback", closing.signal, () => ari.playbacks.stop({ playbackId }))),
    hangup: (channelId, cause) =>
      unlessGone(ask("hangup", closing.signal, () => ari.channels.hangup({ channelId, reason_code: String(cause) }))),
  };
}

function faultOf(error: AriError): TelephonyError["fault"] {
  if (error.isGone) return "gone";
  return error.kind === "refused" ? "refused" : "unavailable";
}

/** `app_data` of a channel in Stasis is what the dialplan gave it: the application, then the arguments. */
const appOf = (appData: string): string | undefined => appData.split(",")[0];
const argumentsOf = (appData: string): string[] => appData.split(",").slice(1);
