export type BridgeOptions = {
  /**
   * For two alone whose keys nobody here waits for: their packets go from one phone to the other past all else, at half the
   * cost. Keys pressed there are heard by the other phone only.
   */
  readonly direct: boolean;
};

/**
 * Where channels hear each other. Ids are ours to choose, and every operation may be repeated: what is done already stays
 * as it is. All reject with a TelephonyError or the signal's reason. What makes or moves something is not cut short by its
 * signal once it is on its way, so that whatever was done can be undone.
 */
export interface Bridges {
  /** Makes a bridge in which everybody hears everybody else. */
  open(bridgeId: string, signal: AbortSignal, options?: BridgeOptions): Promise<void>;
  /**
   * Puts channels into a bridge that is open; those in it already hear no gap. A channel is in one bridge at most: it
   * leaves the one that it is in. When one of them can't join, none does. Of those known to be `apart`, none is in it yet.
   * @throws TelephonyError `gone` when a channel is, `refused` when there is no such bridge.
   */
  join(
    bridgeId: string,
    channelIds: readonly string[],
    signal: AbortSignal,
    known?: { readonly apart: boolean },
  ): Promise<void>;
  /** Takes a channel out; nothing when it is not in it, or one of them is gone. */
  leave(bridgeId: string, channelId: string): Promise<void>;
  /** Channels that are in it; none when there is no such bridge. */
  members(bridgeId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Ends it; its channels stay up, apart. Nothing when it is gone. */
  close(bridgeId: string): Promise<void>;
}
