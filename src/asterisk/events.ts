import type { ChannelSnapshot, ChannelState, TelephonyEvent } from "../ports/telephony.ts";
import { machineDetected } from "./answering-machines.ts";
import type { AriEvent } from "./ari/event.ts";
import type { Channel, Dial, KnownAriEvent } from "./ari/models.generated.ts";
import { argumentsOf, OUTBOUND, SERVANT, TEXT } from "./roles.ts";
import { trunkOfChannel } from "./trunk-name.ts";

/** What an ARI event means to the core; undefined when it means nothing. */
export function telephonyEvent(event: AriEvent): TelephonyEvent | undefined {
  // One of a type that nobody has described reaches no case.
  const known = event as KnownAriEvent;
  switch (known.type) {
    case "StasisStart":
      if (known.args[0] === SERVANT) return machineDetected(known.channel.id, known.args);
      if (known.args[0] === OUTBOUND || known.args[0] === TEXT) return undefined;
      return { type: "channel_arrived", channel: channelSnapshot(known.channel, known.args) };
    case "ChannelStateChange":
      return stateEvent(known.channel);
    case "Dial":
      return dialEvent(known);
    case "ChannelDtmfReceived":
      return { type: "digit_received", channelId: known.channel.id, digit: known.digit };
    case "PlaybackStarted":
      return playbackEvent("playback_started", known.playback.target_uri, known.playback.id);
    case "PlaybackFinished":
      return playbackEvent("playback_ended", known.playback.target_uri, known.playback.id, known.playback.state);
    case "ChannelHangupRequest":
      // `soft` marks our own request; its cause is Asterisk's flag for that, not one of Q.850.
      if (known.soft) return undefined;
      return { type: "hangup_requested", channelId: known.channel.id, cause: known.cause ?? 0 };
    case "StasisEnd":
      // For a channel of ours its destruction follows, and knows the cause.
      if (argumentsOf(known.channel.dialplan.app_data)[0] === OUTBOUND) return undefined;
      return { type: "channel_left", channelId: known.channel.id };
    case "ChannelDestroyed":
      return { type: "channel_left", channelId: known.channel.id, cause: known.cause };
    default:
      return undefined;
  }
}

/** A channel as the core sees it; `args` come from the dialplan, or from `app_data` when the channel is listed later. */
export function channelSnapshot(channel: Channel, args: readonly string[]): ChannelSnapshot {
  return {
    id: channel.id,
    state: stateOf(channel),
    callerNumber: channel.caller.number,
    callerName: channel.caller.name,
    dialled: channel.dialplan.exten,
    trunkId: trunkOfChannel(channel.name),
    arguments: args,
    createdAt: channel.creationtime,
  };
}

/** Asterisk's names for the states between making and answering differ by who made the channel. */
function stateOf({ state }: Channel): ChannelState {
  if (state === "Up") return "up";
  return state === "Ring" || state === "Ringing" ? "ringing" : "down";
}

function stateEvent(channel: Channel): TelephonyEvent | undefined {
  const state = stateOf(channel);
  if (state === "down") return undefined;
  return { type: state === "up" ? "channel_answered" : "channel_ringing", channelId: channel.id };
}

/** Early audio is told by this alone: Asterisk leaves the channel's state as it was. */
function dialEvent({ peer, dialstatus }: Dial): TelephonyEvent | undefined {
  return dialstatus === "PROGRESS" ? { type: "channel_progressed", channelId: peer.id } : undefined;
}

const CHANNEL_TARGET = "channel:";

function playbackEvent(
  type: "playback_started" | "playback_ended",
  target: string,
  playbackId: string,
  state?: string,
): TelephonyEvent | undefined {
  if (!target.startsWith(CHANNEL_TARGET)) return undefined;
  const channelId = target.slice(CHANNEL_TARGET.length);
  return type === "playback_started"
    ? { type, channelId, playbackId }
    : { type, channelId, playbackId, failed: state === "failed" };
}
