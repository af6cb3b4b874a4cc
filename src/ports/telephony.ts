import type { Address } from "../model/address.ts";
import type { DialTarget } from "../model/dial-target.ts";
import type { MachineVerdict } from "./answering-machines.ts";
import type { Media } from "./media.ts";

/** `down`: made, but not dialled yet. */
export type ChannelState = "down" | "ringing" | "up";

/** A channel of ours in the telephony switch, as it is now. */
export type ChannelSnapshot = {
  readonly id: string;
  readonly state: ChannelState;
  readonly callerNumber: string;
  readonly callerName: string;
  /** What was dialled. */
  readonly dialled: string;
  /** The carrier that it came from; undefined when it is none of ours. */
  readonly trunkId?: string | undefined;
  /** What the dialplan says about it: the first argument tells why the channel came to us. */
  readonly arguments: readonly string[];
  readonly createdAt: string;
};

/** What happens on channels, in order. */
export type TelephonyEvent =
  | { readonly type: "channel_arrived"; readonly channel: ChannelSnapshot }
  | { readonly type: "channel_ringing"; readonly channelId: string }
  /** The far end of a call of ours sends sound before it answers. */
  | { readonly type: "channel_progressed"; readonly channelId: string }
  | { readonly type: "channel_answered"; readonly channelId: string }
  | { readonly type: "digit_received"; readonly channelId: string; readonly digit: string }
  | { readonly type: "playback_started"; readonly channelId: string; readonly playbackId: string }
  | {
      readonly type: "playback_ended";
      readonly channelId: string;
      readonly playbackId: string;
      readonly failed: boolean;
    }
  /** Who answered is known, by the listening that was begun under this id (AnsweringMachines). */
  | {
      readonly type: "machine_detected";
      readonly channelId: string;
      readonly detectionId: string;
      readonly verdict: MachineVerdict;
    }
  /** The far end, or the switch itself, ends the call: the Q.850 cause. The channel leaves soon after. */
  | { readonly type: "hangup_requested"; readonly channelId: string; readonly cause: number }
  /** With the Q.850 cause, where it is known only now. */
  | { readonly type: "channel_left"; readonly channelId: string; readonly cause?: number };

/** How a call of ours goes out. */
export type Dial = {
  readonly target: DialTarget;
  /** How many calls of ours led to this one: told to the other side, which may be us. */
  readonly hops: number;
  /** Whose number the other side sees. */
  readonly source: Address;
  /** How long it may ring. */
  readonly timeoutMs: number;
};

export type DigitTones = { readonly digits: string; readonly durationMs: number; readonly intervalMs: number };

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
  /**
   * Makes a channel under an id of our choice and rings the destination; events tell how it goes. Repeated, it finds the
   * channel, and rings if that had not begun. Not cut short in the middle of a request: after an abort, a hangup ends
   * whatever was made.
   * @throws TelephonyError `refused` when the target can't be dialled.
   */
  dial(channelId: string, how: Dial, signal: AbortSignal): Promise<void>;
  answer(channelId: string, signal: AbortSignal): Promise<void>;
  /** Sends digits to the other side, one after the other; resolves when the last is on its way. */
  sendDigits(channelId: string, digits: DigitTones, signal: AbortSignal): Promise<void>;
  /**
   * Lets the channel hear itself until `stopEcho`, which must be called, after an abort too. Repeated, it changes nothing.
   */
  startEcho(channelId: string, echoId: string, signal: AbortSignal): Promise<void>;
  /** Nothing when there is none, or no longer. */
  stopEcho(echoId: string): Promise<void>;
  /** Ids of whatever serves calls besides their channels, bridges for one: for finding what nobody needs any more. */
  servants(signal: AbortSignal): Promise<readonly string[]>;
  /** Ends a servant, or a channel that nobody knows any more; nothing when it is gone. */
  dismiss(servantId: string): Promise<void>;
  /** Queues a playback under an id of our choice, beginning so far into the first; events tell how it goes. */
  play(
    channelId: string,
    playbackId: string,
    media: readonly Media[],
    signal: AbortSignal,
    fromMs?: number,
  ): Promise<void>;
  /** Whether the playback is queued or playing; false when it has ended or never began. */
  isPlaying(playbackId: string, signal: AbortSignal): Promise<boolean>;
  /** Stops it; nothing when it has ended. */
  stopPlayback(playbackId: string): Promise<void>;
  /** Ends a channel with this Q.850 cause; nothing when it is gone. */
  hangup(channelId: string, cause: number): Promise<void>;
}
