/** The reference menu as people write it with the package `ari-client`. */
import { connect, type Operations } from "ari-client";
import { type Event, ignore, menu, ready, settings } from "./menu.ts";

/** What its package, which has no types, offers beside the operations. */
type Client = Operations & {
  on(type: string, listener: (event: Event) => void): void;
  start(application: string): Promise<unknown>;
};

const { url, username, password, prompts } = settings();
// The one place that gives it its type.
const client = (await connect(url, username, password)) as Client;

const call = (resource: string, operation: string, parameters: object): Promise<unknown> =>
  client[resource]?.[operation]?.(parameters) ?? Promise.reject(new Error(`no ${resource}.${operation}`));

const take = menu(
  {
    answer: (channelId) => call("channels", "answer", { channelId }),
    play: (channelId, playbackId, media) => call("channels", "playWithId", { channelId, playbackId, media }),
    stop: (playbackId) => call("playbacks", "stop", { playbackId }),
    hangup: (channelId) => call("channels", "hangup", { channelId }),
  },
  prompts,
);

for (const type of ["StasisStart", "ChannelDtmfReceived", "PlaybackFinished", "StasisEnd"]) {
  client.on(type, (event) => void take(event).catch(ignore));
}
await client.start("bench-ari-client");
ready();
