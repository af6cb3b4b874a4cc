/** Asterisk as the core's telephony switch. */
import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import type { Media } from "../ports/media.ts";
import { type ChannelSnapshot, type Telephony, TelephonyError, type TelephonyEvent } from "../ports/telephony.ts";
import type { AriConnection } from "./ari/connection.ts";
import type { Channel } from "./ari/models.generated.ts";
import { askThrough, unlessGone } from "./ask.ts";
import { dial } from "./dial.ts";
import { echoes } from "./echo.ts";
import { channelSnapshot, telephonyEvent } from "./events.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { carriesWideband, isWideband, mediaUri } from "./media-uri.ts";
import { quieten } from "./quieten.ts";
import { applicationOf, argumentsOf, nativeFormatOf, SERVANT, TEXT } from "./roles.ts";

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
  const { connection, application, mediaUrl, clock } = settings;
  const { ari } = connection;
  const closing = new AbortController();
  const widebandChannels = new Map<string, boolean>();
  let stopHeartbeat = () => {};

  const ask = askThrough(connection);
  const echo = echoes({ ari, clock, application, ask, closing: closing.signal });

  const isOurs = ({ dialplan }: Channel) =>
    dialplan.app_name === "Stasis" && applicationOf(dialplan.app_data) === application;

  async function hasWideband(channelId: string, signal: AbortSignal): Promise<boolean> {
    const known = widebandChannels.get(channelId);
    if (known !== undefined) return known;
    const wideband = await carriesWideband(ari.channels, channelId, signal);
    widebandChannels.set(channelId, wideband);
    return wideband;
  }

  function noteFormat({ id, arguments: given }: ChannelSnapshot): void {
    const format = nativeFormatOf(given);
    if (format) widebandChannels.set(id, isWideband(format));
  }

  async function urisFor(channelId: string, media: readonly Media[], signal: AbortSignal): Promise<string[]> {
    const wideband = media.some(({ kind }) => kind === "audio") && (await hasWideband(channelId, signal));
    return media.map((one) => mediaUri(one, mediaUrl, wideband));
  }

  return {
    onEvent(listener: (event: TelephonyEvent) => void) {
      connection.onEvent((ariEvent) => {
        const event = telephonyEvent(ariEvent);
        if (!event) return;
        if (event.type === "channel_arrived") noteFormat(event.channel);
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
      quieten(settings);
      await connection.start();
    },
    async stop() {
      stopHeartbeat();
      closing.abort(new Error("we stop"));
      await connection.close();
    },
    channels: (signal) =>
      ask("channels", signal, async () => {
        const ours = (await ari.channels.list({ signal })).filter(isOurs);
        const snapshots = ours.map((channel) => channelSnapshot(channel, argumentsOf(channel.dialplan.app_data)));
        return snapshots.filter(({ arguments: [role] }) => role !== SERVANT && role !== TEXT);
      }),
    dial: (channelId, how, signal) =>
      ask("dial", signal, () => dial({ ari, application, clock }, channelId, how, signal)),
    answer: (channelId, signal) => ask("answer", signal, () => ari.channels.answer({ channelId }, { signal })),
    play: (channelId, playbackId, media, signal, offsetms = 0) =>
      ask("play", signal, async () => {
        const uris = await urisFor(channelId, media, signal);
        const from = offsetms > 0 ? { offsetms } : {};
        await ari.channels.playWithId({ channelId, playbackId, media: uris, ...from }, { signal });
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
    sendDigits: (channelId, { digits, durationMs, intervalMs }, signal) =>
      ask("sendDigits", signal, () =>
        ari.channels.sendDTMF({ channelId, dtmf: digits, duration: durationMs, between: intervalMs }, { signal }),
      ),
    startEcho: echo.start,
    stopEcho: echo.stop,
    servants: (signal) =>
      ask("servants", signal, async () => {
        const [channels, bridges] = await Promise.all([ari.channels.list({ signal }), ari.bridges.list({ signal })]);
        const servants = channels
          .filter(isOurs)
          .filter(({ dialplan }) => argumentsOf(dialplan.app_data)[0] === SERVANT);
        return [...new Set([...servants.map(({ id }) => id), ...bridges.map(({ id }) => id)])];
      }),
    dismiss: echo.stop,
    hangup: (channelId, cause) =>
      unlessGone(ask("hangup", closing.signal, () => ari.channels.hangup({ channelId, reason_code: String(cause) }))),
  };
}
