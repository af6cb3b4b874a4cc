/** What who waits alone hears until somebody else comes. */
import type { ChannelSound } from "../../ports/channel-sound.ts";
import { TelephonyError } from "../../ports/telephony.ts";

export type WaitingSound = "music" | "ringing" | "nothing";

export type WaitingSounds = ReturnType<typeof createWaitingSounds>;

/** Knows what it has begun, so that nothing is asked of the switch twice; after a restart it knows nothing. */
export function createWaitingSounds(sound: ChannelSound, closing: AbortSignal) {
  const heard = new Map<string, WaitingSound>();

  async function change(channelId: string, to: WaitingSound): Promise<void> {
    if (to !== "music") await sound.stopMusic(channelId);
    if (to !== "ringing") await sound.stopRinging(channelId);
    if (to === "music") await sound.startMusic(channelId, closing);
    if (to === "ringing") await sound.startRinging(channelId, closing);
  }

  return {
    /** Lets a channel hear this; one that leaves just now hears nothing anyway. */
    async set(channelId: string, to: WaitingSound): Promise<void> {
      if (heard.get(channelId) === to) return;
      heard.delete(channelId);
      await unlessLeaving(change(channelId, to));
      heard.set(channelId, to);
    },
    forget: (channelId: string): void => void heard.delete(channelId),
    /** The switch may not be as it was. */
    forgetAll: (): void => heard.clear(),
  };
}

/** A channel that is gone, or refuses, is on its way out: its departure follows. */
export async function unlessLeaving(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TelephonyError) || error.fault === "unavailable") throw error;
  }
}
