import { RecordingError } from "../../ports/call-recorder.ts";
import type { ChannelSound } from "../../ports/channel-sound.ts";
import type { Ids } from "../../ports/ids.ts";
import type { RecordingControl } from "../../ports/recording-control.ts";
import type { CallScope } from "../call-scope.ts";
import { recordedCall } from "./recorded-call.ts";
import { recordedConfbridge } from "./recorded-confbridge.ts";
import type { Recordings } from "./recordings.ts";

type Services = {
  readonly recordings: Recordings;
  readonly find: (callId: string) => CallScope | undefined;
  /** Whether somebody is in a confbridge. */
  readonly isAttended: (confbridgeId: string) => boolean;
  readonly sound: ChannelSound;
  readonly ids: Ids;
  readonly background: (work: Promise<unknown>) => void;
};

/** Recordings as they are asked for from outside. */
export function recordingControl({ recordings, find, isAttended, sound, ids, background }: Services): RecordingControl {
  /** Over whatever the caller hears, since the flow may be playing something. */
  async function beepTo({ call, signal }: CallScope, recordingId: string): Promise<void> {
    const beep = { kind: "builtin", uri: "sound:beep" } as const;
    try {
      await sound.playOver(call.channel_id, `recording-${recordingId}-beep`, [beep], signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    async startOfCall(callId, order, beep) {
      const scope = find(callId);
      if (!scope) throw new RecordingError("ended", "the call has ended");
      const { id } = await recordings.start(recordedCall(scope), ids.next(), order);
      if (beep) background(beepTo(scope, id));
      return scope.call;
    },
    async stopOfCall(callId) {
      await recordings.stop(callId);
      return find(callId)?.call;
    },
    async startOfConfbridge(confbridge, order) {
      if (!isAttended(confbridge.id)) throw new RecordingError("empty", "nobody is in the conference");
      await recordings.start(recordedConfbridge(confbridge, isAttended), ids.next(), order);
    },
    stopOfConfbridge: async (confbridgeId) => void (await recordings.stop(confbridgeId)),
    pause: recordings.pause,
    resume: recordings.resume,
  };
}
