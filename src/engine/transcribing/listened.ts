import { bridgeIdOf, type Confbridge, isOfConfbridge } from "../../model/confbridge.ts";
import type { Transcribe, TranscribeDirection } from "../../model/transcribe.ts";
import type { Bridges } from "../../ports/bridges.ts";
import type { LiveAudio, LiveSampleRate, LiveStream } from "../../ports/live-audio.ts";
import type { CallScope } from "../call-scope.ts";

/** What is listened to, whatever it is. */
export interface Listened {
  readonly referenceType: Transcribe["reference_type"];
  readonly referenceId: string;
  readonly customerId: string;
  /** The run and the call whose timelines tell of it. */
  readonly activeflowId: string | null;
  readonly callId: string | null;
  /** Aborts when there is nothing left to hear. */
  readonly signal: AbortSignal;
  readonly state: "unanswered" | "up" | "ended";
  /** Those that are heard apart from each other. */
  directions(wanted: TranscribeDirection): readonly TranscribeDirection[];
  /** Hears one of them; ids of what that takes in the switch begin with this one. */
  open(direction: TranscribeDirection, order: ListenOrder, signal: AbortSignal): Promise<LiveStream>;
  /** Asked when the audio broke off. */
  isThere(): Promise<boolean>;
}

type ListenOrder = { readonly streamId: string; readonly sampleRateHz: LiveSampleRate };

/** A call: what it says, and what it hears, by a tap for each. */
export const listenedCall = (scope: CallScope, liveAudio: LiveAudio): Listened => ({
  referenceType: "call",
  referenceId: scope.call.id,
  customerId: scope.call.customer_id,
  activeflowId: scope.call.activeflow_id,
  callId: scope.call.id,
  signal: scope.signal,
  get state() {
    if (scope.call.status === "progressing") return "up";
    return scope.signal.aborted ? "ended" : "unanswered";
  },
  directions: (wanted) => (wanted === "both" ? ["in", "out"] : [wanted]),
  open: (heard, order, signal) =>
    liveAudio.open({ ...order, channelId: scope.call.channel_id, heard, speaks: false, how: "tap" }, signal),
  isThere: async () => true,
});

/** Its bridge goes with the last who is in it. */
const never = new AbortController().signal;

/** A confbridge: all that is said in it, together. */
export const listenedConfbridge = (
  { id, customer_id }: Pick<Confbridge, "id" | "customer_id">,
  { liveAudio, bridges, closing }: { liveAudio: LiveAudio; bridges: Bridges; closing: AbortSignal },
): Listened => ({
  referenceType: "confbridge",
  referenceId: id,
  customerId: customer_id,
  activeflowId: null,
  callId: null,
  signal: never,
  state: "up",
  directions: () => ["both"],
  open: (_direction, order, signal) => liveAudio.openInBridge({ ...order, bridgeId: bridgeIdOf(id) }, signal),
  isThere: async () => (await bridges.members(bridgeIdOf(id), closing)).some((member) => !isOfConfbridge(id, member)),
});
