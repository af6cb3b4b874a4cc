/** Which sound of a call is heard: `in` what the call says, `out` what it hears, `none` when it is only spoken to. */
export type HeardAudio = "in" | "out" | "both" | "none";

/** Samples a second of live audio; all of it is 16 bit, little-endian, mono. */
export type LiveSampleRate = 8_000 | 16_000;

export type StreamOrder = {
  readonly channelId: string;
  /** Ours to choose; begins with the id of the run, call or confbridge that it serves, and a dot. */
  readonly streamId: string;
  readonly heard: HeardAudio;
  /** Whether the call hears what is sent. */
  readonly speaks: boolean;
  readonly sampleRateHz: LiveSampleRate;
  /**
   * `bridge`: the call does nothing else meanwhile, and is heard (`in`) and spoken to at the least cost. `tap`: beside
   * whatever the call does, in bridges and out of them.
   */
  readonly how: "bridge" | "tap";
};

/** To hear a bridge, in which nobody is by that. */
export type BridgeStreamOrder = Pick<StreamOrder, "streamId" | "sampleRateHz"> & { readonly bridgeId: string };

/** The live audio of one call, or bridge. It ends with that, or when it is disposed of. */
export interface LiveStream extends AsyncDisposable {
  /** What is heard, 20 ms at a time, as it comes; ends with the stream. One reader. */
  readonly frames: AsyncIterable<Uint8Array>;
  /** Sends audio of any length; resolves when there is room for more. Rejects with the signal's reason. */
  send(audio: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Resolves when all that was sent has been heard. Rejects with the signal's reason. */
  drained(signal: AbortSignal): Promise<void>;
  /** Throws away what was sent and has not been heard: silence, from the next frame on. */
  flush(): void;
  /** Aborts when the stream has ended. */
  readonly signal: AbortSignal;
}

/** Live audio of calls, in and out. */
export interface LiveAudio {
  /**
   * Opens a stream; one that an earlier process left under the same id is replaced, with a gap.
   * @throws TelephonyError, or the signal's reason.
   */
  open(order: StreamOrder, signal: AbortSignal): Promise<LiveStream>;
  /**
   * Opens a stream of all that is said in a bridge, in the same way.
   * @throws TelephonyError, `gone` when the bridge is, or the signal's reason.
   */
  openInBridge(order: BridgeStreamOrder, signal: AbortSignal): Promise<LiveStream>;
  /** Leaves nothing of a stream that an earlier process had under this id; nothing when there is none. */
  close(streamId: string): Promise<void>;
}
