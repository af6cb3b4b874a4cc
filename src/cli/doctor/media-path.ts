import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AriConnection } from "../../asterisk/ari/connection.ts";
import { telephonyEvent } from "../../asterisk/events.ts";
import type { Config } from "../../config.ts";
import { startMediaServer } from "../../http/media-server.ts";
import { silence } from "../../http/silence.ts";
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
  const id = randomBytes(32).toString("hex");
  const place = `${mediaUrlOf(config)}/media/${id}.wav`;
  const directory = await mkdtemp(join(tmpdir(), "ringdown-doctor-"));
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => rm(directory, { recursive: true, force: true }));
  try {
    // A running Ringdown serves what is in its folder; without one, we serve in its place.
    const path = serving ? storedAt(config, id) : join(directory, "silence");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, silence("wav"));
    cleaning.defer(() => rm(path, { force: true }));
    if (!serving) cleaning.defer(await serveInstead(config, path));
  } catch (error) {
    return unknown(CHECK, `no file could be offered to Asterisk: ${error instanceof Error ? error.message : error}`);
  }
  const played = await playTo(connection, application, place);
  if (played) return fine(CHECK, `Asterisk fetches audio from ${mediaUrlOf(config)}`);
  return fault(
    CHECK,
    `Asterisk can't fetch audio from ${mediaUrlOf(config)}: callers would hear nothing`,
    ...(serving ? ["when Ringdown runs in a container, ask there: docker compose exec ringdown ringdown doctor;"] : []),
    "set RINGDOWN_MEDIA_BIND and RINGDOWN_MEDIA_URL so that Asterisk's machine reaches this one, and let a firewall pass it;",
    "in modules.conf: load = res_curl.so, func_curl.so, res_http_media_cache.so; Asterisk's log tells what it tried",
  );
}

/** Where the store of `providers/audio` would keep it. */
const storedAt = ({ RINGDOWN_DATA_DIR }: Config, id: string): string =>
  join(RINGDOWN_DATA_DIR, "media", "audio", id.slice(0, 2), `${id}.wav`);

async function serveInstead(config: Config, path: string): Promise<() => Promise<void>> {
  const { close } = await startMediaServer({
    files: { find: async () => path },
    host: config.RINGDOWN_MEDIA_BIND,
    port: config.RINGDOWN_MEDIA_PORT,
  });
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
