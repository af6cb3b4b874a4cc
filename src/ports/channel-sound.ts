import type { MuteDirection } from "../model/mute.ts";
import type { Media } from "./media.ts";

/**
 * What a channel hears and says besides what its flow does: in a bridge or out of it. Every operation may be repeated;
 * what ends something does nothing when that has ended, or when the channel is gone.
 * All reject with a TelephonyError or the signal's reason.
 */
export interface ChannelSound {
  /** The caller hears that somebody is being rung: by SIP 180 before the answer, by a tone after it. */
  startRinging(channelId: string, signal: AbortSignal): Promise<void>;
  stopRinging(channelId: string): Promise<void>;
  /** Opens the way for early media (SIP 183) to a caller who has not been answered. */
  openEarlyMedia(channelId: string, signal: AbortSignal): Promise<void>;
  /**
   * From now on the channel may be given something of its own to hear instead of what a bridge of two has to say: before
   * music, silence or a hold there.
   */
  makeOwn(channelId: string, signal: AbortSignal): Promise<void>;
  /** Music instead of whatever a bridge has to say; a prompt ends it. */
  startMusic(channelId: string, signal: AbortSignal): Promise<void>;
  stopMusic(channelId: string): Promise<void>;
  /** Silence instead of whatever a bridge has to say, or of nothing, so that the other side sees that the call lives. */
  startSilence(channelId: string, signal: AbortSignal): Promise<void>;
  stopSilence(channelId: string): Promise<void>;
  /** Puts the other side on hold, by SIP, and with music. */
  hold(channelId: string, signal: AbortSignal): Promise<void>;
  unhold(channelId: string): Promise<void>;
  mute(channelId: string, direction: MuteDirection, signal: AbortSignal): Promise<void>;
  unmute(channelId: string, direction: MuteDirection): Promise<void>;
  /** Plays into the call over whatever it hears, under an id of our choice; resolves when that is over. */
  playOver(channelId: string, overlayId: string, media: readonly Media[], signal: AbortSignal): Promise<void>;
  /** Resolves when one that an earlier process began is over, and nothing of it is left. */
  finishOver(channelId: string, overlayId: string, signal: AbortSignal): Promise<void>;
}
