import type { ChannelSound } from "../../src/ports/channel-sound.ts";

export type FakeChannelSound = ChannelSound & {
  readonly asked: string[];
  /** Overlays that sound until the test ends them. */
  readonly sounding: Map<string, () => void>;
};

/** Records what was asked; given `asked`, what several fakes were asked is in one order. */
export function fakeChannelSound(asked: string[] = []): FakeChannelSound {
  const sounding = new Map<string, () => void>();
  const note =
    (what: string) =>
    async (channelId: string): Promise<void> =>
      void asked.push(`${what} ${channelId}`);
  const untilEnded = (overlayId: string, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      sounding.set(overlayId, resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    }).finally(() => sounding.delete(overlayId));
  return {
    asked,
    sounding,
    startRinging: note("ring"),
    stopRinging: note("stop ringing"),
    openEarlyMedia: note("early media"),
    makeOwn: note("own"),
    startMusic: note("music"),
    stopMusic: note("stop music"),
    startSilence: note("silence"),
    stopSilence: note("stop silence"),
    hold: note("hold"),
    unhold: note("unhold"),
    mute: async (channelId, direction) => void asked.push(`mute ${channelId} ${direction}`),
    unmute: async (channelId, direction) => void asked.push(`unmute ${channelId} ${direction}`),
    playOver(channelId, overlayId, media, signal) {
      asked.push(`play over ${channelId} ${media.map((one) => (one.kind === "builtin" ? one.uri : one.id)).join("+")}`);
      return untilEnded(overlayId, signal);
    },
    finishOver(channelId, overlayId, signal) {
      asked.push(`finish over ${channelId}`);
      return untilEnded(overlayId, signal);
    },
  };
}
