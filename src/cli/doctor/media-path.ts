import { randomBytes } from "node:crypto";
import type { AriConnection } from "../../asterisk/ari/connection.ts";
import { telephonyEvent } from "../../asterisk/events.ts";
import type { Config } from "../../config.ts";
import { startMediaServer } from "../../http/media-server.ts";
import { type Finding, fault, fine, unknown } from "./finding.ts";
import { mediaUrlOf, type Serving } from "./serving.ts";

const CHECK = "media path";
const PATIENCE_MS = 15_000;

/** Lets Asterisk fetch and play a piece of silence from the media port, on a channel that belongs to nobody. */
export async function checkMediaPath(
  connection: AriConnection,
  application: string,
  config: Config,
  serving: Serving,
): Promise<Finding> {
  // A name of its own, so that Asterisk does not have it already.
  const place = `${mediaUrlOf(config)}/media/silence-${randomBytes(8).toString("hex")}.wav`;
  await using cleaning = new AsyncDisposableStack();
  try {
    if (!serving) cleaning.defer(await serveInstead(config));
  } catch (error) {
    return unknown(CHECK, `nothing could be offered to Asterisk: ${error instanceof Error ? error.message : error}`);
  }
  const played = await playTo(connection, application, place);
  if (played) return fine(CHECK, `Asterisk fetches audio from ${mediaUrlOf(config)}`);
  return fault(
    CHECK,
    `Asterisk can't fetch audio from ${mediaUrlOf(config)}: callers would hear nothing`,
    "set RINGDOWN_MEDIA_BIND and RINGDOWN_MEDIA_URL so that Asterisk's machine reaches this one, and let a firewall pass it;",
    "in modules.conf: load = res_curl.so, func_curl.so, res_http_media_cache.so; Asterisk's log tells what it tried",
  );
}

async function serveInstead({ RINGDOWN_MEDIA_BIND: host, RINGDOWN_MEDIA_PORT: port }: Config) {
  const { close } = await startMediaServer({ files: { find: async () => undefined }, host, port });
  return close;
}

/** Whether a sound was played to its end. The channel sends to a port where nobody listens. */
async function playTo({ ari, onEvent }: AriConnection, application: string, url: string): Promise<boolean> {
  const channelId = `ringdown-doctor-${randomBytes(8).toString("hex")}`;
  const arrived = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<boolean>();
  const hear = onEvent((event) => {
    const heard = telephonyEvent(event);
    if (heard?.type === "channel_arrived" && heard.channel.id === channelId) arrived.resolve(true);
    if (heard?.type === "playback_ended" && heard.playbackId === channelId) ended.resolve(!heard.failed);
  });
  const patience = setTimeout(() => {
    arrived.resolve(false);
    ended.resolve(false);
  }, PATIENCE_MS);
  try {
    await ari.channels.externalMedia({ channelId, app: application, external_host: "127.0.0.1:9", format: "slin" });
    // The answer may come before the channel has entered the application, where alone it can be played to.
    if (!(await arrived.promise)) return false;
    await ari.channels.playWithId({ channelId, playbackId: channelId, media: [`sound:${url}`] });
    return await ended.promise;
  } finally {
    clearTimeout(patience);
    hear();
    await ari.channels.hangup({ channelId }).catch(() => undefined);
  }
}
