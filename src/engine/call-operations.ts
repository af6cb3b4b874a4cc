/**
 * What is done from outside to the sound of a call, whatever its flow is at.
 *
 * 1. That a call is muted, on hold or hears something of its own is stored before it is so, and that it is no more after
 *    it: what was cut short by a crash is done again from the record, or asked for again.
 * 2. What is spoken over a call is named after the call, so that another process knows whose it is.
 */
import type { Call } from "../model/call.ts";
import { type MuteDirection, muteAlso, unmute } from "../model/mute.ts";
import type { TimelineType } from "../model/timeline.ts";
import type { ChannelSound } from "../ports/channel-sound.ts";
import { type CallOperation, CallStateError } from "../ports/engine-control.ts";
import type { Ids } from "../ports/ids.ts";
import type { SpeechRequest, Synthesizer } from "../ports/speech.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { CallScope } from "./call-scope.ts";
import type { Asked, CallSounds } from "./call-sound.ts";

type Services = {
  readonly sounds: CallSounds;
  readonly sound: Pick<ChannelSound, "makeOwn" | "playOver" | "finishOver">;
  readonly speech: Synthesizer;
  readonly ids: Ids;
  readonly background: (work: Promise<unknown>) => void;
};

export type CallOperations = ReturnType<typeof callOperations>;

export function callOperations({ sounds, sound, speech, ids, background }: Services) {
  /** Overlays that this process waits for. */
  const awaited = new Set<string>();

  async function change(scope: CallScope, operation: Exclude<CallOperation, { type: "talk" }>): Promise<void> {
    const { call } = scope;
    switch (operation.type) {
      case "hold":
        if (!call.on_hold) await scope.soundChanged({ on_hold: true }, "call_held");
        return letHear(scope, { isRepeat: call.on_hold });
      case "unhold":
        if (!call.on_hold) return;
        return takeBack(scope, { on_hold: false }, "call_unheld");
      case "mute":
        return mute(scope, operation.direction);
      case "unmute":
        return endMute(scope, operation.direction);
      case "start_music":
        await scope.soundChanged({ own_sound: "music" }, "music_started");
        return letHear(scope, { isRepeat: call.own_sound === "music" });
      case "stop_music":
        if (call.own_sound !== "music") return;
        return takeBack(scope, { own_sound: "" }, "music_stopped");
      case "start_silence":
        await scope.soundChanged({ own_sound: "silence" }, "silence_started");
        return letHear(scope, { isRepeat: call.own_sound === "silence" });
      case "stop_silence":
        if (call.own_sound !== "silence") return;
        return takeBack(scope, { own_sound: "" }, "silence_stopped");
    }
  }

  /** Asked for again, it begins again: a prompt may have ended it. */
  async function letHear(scope: CallScope, { isRepeat }: { readonly isRepeat: boolean }): Promise<void> {
    await sound.makeOwn(scope.call.channel_id, scope.signal);
    if (isRepeat) sounds.forget(scope, "heard");
    await sounds.letHear(scope);
  }

  async function takeBack(scope: CallScope, changes: Partial<Asked>, type: TimelineType): Promise<void> {
    await sounds.letHear(scope, { ...scope.call, ...changes });
    await scope.soundChanged(changes, type);
  }

  async function mute(scope: CallScope, direction: MuteDirection): Promise<void> {
    const before = scope.call.mute_direction;
    const mute_direction = muteAlso(before, direction);
    if (mute_direction !== before) await scope.soundChanged({ mute_direction }, "call_muted", { direction });
    else sounds.forget(scope, "muting");
    await sounds.mute(scope);
  }

  async function endMute(scope: CallScope, direction: MuteDirection): Promise<void> {
    const before = scope.call.mute_direction;
    const mute_direction = unmute(before, direction);
    await sounds.mute(scope, { ...scope.call, mute_direction });
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
        else await sounds.inTurn(scope, () => change(scope, operation));
        return scope.call;
      } catch (error) {
        const isGone = error instanceof TelephonyError && error.fault === "gone";
        throw scope.signal.aborted || isGone ? new CallStateError("ended", { cause: error }) : error;
      }
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
