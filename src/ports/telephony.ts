import type { Media } from "./media.ts";

/** A channel of ours in the telephony switch, as it is now. */
export type ChannelSnapshot = {
  readonly id: string;
  readonly answered: boolean;
  readonly callerNumber: string;
  readonly callerName: string;
  /** What was dialled. */
  readonly dialled: string;
  /** What the dialplan says about it: the first argument tells why the channel came to us. */
  readonly arguments: readonly string[];
  readonly createdAt: string;
};

/** What happens on channels, in order. */
export type TelephonyEvent =
  | { readonly type: "channel_arrived"; readonly channel: ChannelSnapshot }
  | { readonly type: "channel_answered"; readonly channelId: string }
  | { readonly type: "digit_received"; readonly channelId: string; readonly digit: string }
  | { readonly type: "playback_started"; readonly channelId: string; readonly playbackId: string }
  | {
      readonly type: "playback_ended";
      readonly channelId: string;
      readonly playbackId: string;
      readonly failed: boolean;
    }
  /** The far end, or the switch itself, ends the call: the Q.850 cause. The channel leaves soon after. */
  | { readonly type: "hangup_requested"; readonly channelId: string; readonly cause: number }
  | { readonly type: "channel_left"; readonly channelId: string };

/** `gone`: no such channel (any more); `unavailable`: the switch can't be reached, or did not answer in time. */
export type TelephonyFault = "gone" | "unavailable" | "refused";

export class TelephonyError extends Error {
  override readonly name = "TelephonyError";
  readonly fault: TelephonyFault;
  readonly operation: string;

  constructor(fault: TelephonyFault, operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.operation = operation;
  }
}

/**
 * The switch that carries the calls. Operations wait for a switch that is away, within a deadline; each may be repeated,
 * except `play`, whose id tells whether it is playing. All reject with a TelephonyError or the signal's reason.
 */
export interface Telephony {
  /** Registers the one listener; called synchronously and in order. Before `start`. */
  onEvent(listener: (event: TelephonyEvent) => void): void;
  /** Called each time the switch has become reachable, after the events that it kept for us meanwhile. */
  onReachable(listener: () => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The channels that are ours now. */
  channels(signal: AbortSignal): Promise<readonly ChannelSnapshot[]>;
  answer(channelId: string, signal: AbortSignal): Promise<void>;
  /** Queues a playback under an id of our choice; events tell how it goes. */
  play(channelId: string, playbackId: string, media: readonly Media[], signal: AbortSignal): Promise<void>;
  /** Whether the playback is queued or playing; false when it has ended or never began. */
  isPlaying(playbackId: string, signal: AbortSignal): Promise<boolean>;
  /** Stops it; nothing when it has ended. */
  stopPlayback(playbackId: string): Promise<void>;
  /** Ends a channel with this Q.850 cause; nothing when it is gone. */
  hangup(channelId: string, cause: number): Promise<void>;
}
