/**
 * What is done from outside to the sound of a call, whatever its flow is at.
 *
 * 1. That a call is muted or on hold is stored before it is, and that it is no more after it: what was cut short by a
 *    crash is done again from the record, or asked for again.
 * 2. What is spoken over a call is named after the call, so that another process knows whose it is.
 */
import type { Call } from "../model/call.ts";
import { type MuteDirection, muteAlso, unmute } from "../model/mute.ts";
import type { ChannelSound } from "../ports/channel-sound.ts";
import { type CallOperation, CallStateError } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { SpeechRequest, Synthesizer } from "../ports/speech.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";

type Services = {
  readonly sound: ChannelSound;
  readonly speech: Synthesizer;
  readonly ids: Ids;
  readonly background: (work: Promise<unknown>) => void;
};

export type CallOperations = ReturnType<typeof callOperations>;

export function callOperations({ sound, speech, ids, background }: Services) {
  const lastOf = new WeakMap<CallScope, Promise<unknown>>();
  /** Overlays that this process waits for. */
  const awaited = new Set<string>();

  /** Operations on one call are done in the order in which they were asked for. */
  function inTurn(scope: CallScope, work: () => Promise<void>): Promise<void> {
    const done = (lastOf.get(scope) ?? Promise.resolve()).then(work);
    lastOf.set(
      scope,
      done.catch(() => undefined),
    );
    return done;
  }

  async function change(scope: CallScope, operation: Exclude<CallOperation, { type: "talk" }>): Promise<void> {
    const { call, signal } = scope;
    const { channel_id: channelId } = call;
    switch (operation.type) {
      case "hold":
        if (!call.on_hold) await scope.soundChanged({ on_hold: true }, "call_held");
        return hold(scope);
      case "unhold":
        if (!call.on_hold) return;
        await sound.unhold(channelId);
        return scope.soundChanged({ on_hold: false }, "call_unheld");
      case "mute":
        return mute(scope, operation.direction);
      case "unmute":
        return endMute(scope, operation.direction);
      case "start_music":
        await sound.makeOwn(channelId, signal);
        await sound.startMusic(channelId, signal);
        return scope.soundChanged({}, "music_started");
      case "stop_music":
        // Who is on hold keeps the music of that.
        if (call.on_hold) return;
        await sound.stopMusic(channelId);
        return scope.soundChanged({}, "music_stopped");
      case "start_silence":
        await sound.makeOwn(channelId, signal);
        await sound.startSilence(channelId, signal);
        return scope.soundChanged({}, "silence_started");
      case "stop_silence":
        await sound.stopSilence(channelId);
        return scope.soundChanged({}, "silence_stopped");
    }
  }

  async function hold({ call, signal }: CallScope): Promise<void> {
    await sound.makeOwn(call.channel_id, signal);
    await sound.hold(call.channel_id, signal);
  }

  async function mute(scope: CallScope, direction: MuteDirection): Promise<void> {
    const before = scope.call.mute_direction;
    const mute_direction = muteAlso(before, direction);
    if (mute_direction !== before) await scope.soundChanged({ mute_direction }, "call_muted", { direction });
    await sound.mute(scope.call.channel_id, direction, scope.signal);
  }

  async function endMute(scope: CallScope, direction: MuteDirection): Promise<void> {
    const before = scope.call.mute_direction;
    const mute_direction = unmute(before, direction);
    await sound.unmute(scope.call.channel_id, direction);
    if (mute_direction !== before) await scope.soundChanged({ mute_direction }, "call_unmuted", { direction });
  }

  /** Resolves when the words are there and begin to be heard. */
  async function talk(scope: CallScope, request: SpeechRequest): Promise<void> {
    const { media, ...told } = await speech.speak(request, scope.signal);
    const overlayId = `${overlaysOf(scope.call)}${ids.next()}`;
    const { channel_id: channelId } = scope.call;
    await scope.soundChanged({}, "talk_over_started", told);
    background(endOf(scope, overlayId, sound.playOver(channelId, overlayId, [media], scope.signal)));
  }

  async function endOf(scope: CallScope, overlayId: string, overlay: Promise<void>): Promise<void> {
    awaited.add(overlayId);
    try {
      await overlay;
      await scope.soundChanged({}, "talk_over_ended", { outcome: "finished" });
    } catch (error) {
      if (scope.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      await scope.soundChanged({}, "talk_over_ended", { outcome: "failed", error: why });
    } finally {
      awaited.delete(overlayId);
    }
  }

  return {
    /** @throws CallStateError unless the call is up. */
    async operate(scope: CallScope, operation: CallOperation): Promise<Call> {
      refuseUnlessUp(scope.call);
      try {
        if (operation.type === "talk") await talk(scope, operation.speech);
        else await inTurn(scope, () => change(scope, operation));
        return scope.call;
      } catch (error) {
        const isGone = error instanceof TelephonyError && error.fault === "gone";
        throw scope.signal.aborted || isGone ? new CallStateError("ended", { cause: error }) : error;
      }
    },
    /** Makes a call sound as its record says, after a time in which nobody can have seen to it. */
    restore(scope: CallScope): void {
      const { channel_id: channelId, mute_direction, on_hold, status } = scope.call;
      if (status !== "progressing") return;
      const again = async () => {
        if (mute_direction !== "") await sound.mute(channelId, mute_direction, scope.signal);
        if (on_hold) await hold(scope);
      };
      background(inTurn(scope, again).catch((error) => (scope.signal.aborted ? undefined : Promise.reject(error))));
    },
    /** Waits for the end of what an earlier process began to speak over a call; false when it is nothing of the kind. */
    adopt(scope: CallScope, servantId: string): boolean {
      if (!servantId.startsWith(overlaysOf(scope.call))) return false;
      if (!awaited.has(servantId)) {
        const overlay = sound.finishOver(scope.call.channel_id, servantId, scope.signal);
        background(endOf(scope, servantId, overlay));
      }
      return true;
    },
  };
}

/** What the ids of everything that is spoken over a call begin with. */
const overlaysOf = ({ id }: Call): string => `${id}.over.`;

function refuseUnlessUp({ status }: Call): void {
  if (status === "progressing") return;
  throw new CallStateError(status === "dialing" || status === "ringing" ? "unanswered" : "ended");
}
