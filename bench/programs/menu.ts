/** The reference menu as a program: the least that works, with no word about what may go wrong. */

/** What the program wants of its ARI client. */
export type Operations = {
  answer(channelId: string): Promise<unknown>;
  play(channelId: string, playbackId: string, media: string): Promise<unknown>;
  stop(playbackId: string): Promise<unknown>;
  hangup(channelId: string): Promise<unknown>;
};

export type Event = {
  readonly type: string;
  readonly args?: readonly string[];
  readonly digit?: string;
  readonly channel?: { readonly id: string };
  readonly playback?: { readonly id: string };
};

/** Media of Asterisk: the two prompts, and a long one for those who interrupt it. */
export type Prompts = { readonly welcome: string; readonly goodbye: string; readonly long: string };

/** Takes events; a call that came with the argument `long` hears the long prompt until a key. */
export function menu({ answer, play, stop, hangup }: Operations, { welcome, goodbye, long }: Prompts) {
  const isLong = new Set<string>();
  return async ({ type, args, digit, channel, playback }: Event): Promise<void> => {
    if (type === "StasisStart" && channel) {
      if (args?.[0] === "long") isLong.add(channel.id);
      await answer(channel.id);
      await play(channel.id, `${channel.id}/1`, isLong.has(channel.id) ? long : welcome);
    }
    if (type === "ChannelDtmfReceived" && channel && isLong.has(channel.id)) await stop(`${channel.id}/1`);
    else if (type === "ChannelDtmfReceived" && channel && digit === "1") {
      await play(channel.id, `${channel.id}/2`, goodbye);
    }
    if (type === "PlaybackFinished" && playback?.id.endsWith("/2")) await hangup(playback.id.slice(0, -2));
    if (type === "StasisEnd" && channel) isLong.delete(channel.id);
  };
}

/** What a program of the benchmark is told in its environment. */
export const settings = () => {
  const { BENCH_ARI_URL = "", BENCH_ARI_PASSWORD = "", BENCH_PROMPTS = "{}" } = process.env;
  const prompts: Prompts = JSON.parse(BENCH_PROMPTS);
  return { url: BENCH_ARI_URL, username: "ringdown", password: BENCH_ARI_PASSWORD, prompts };
};

/** Says that calls may come. */
export const ready = (): void => void process.stdout.write("ready\n");

/** A call that is gone is nobody's trouble here. */
export const ignore = (): void => {};
