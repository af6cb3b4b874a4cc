import type { Action } from "../model/action.ts";
import type { Address } from "../model/address.ts";
import type { Call } from "../model/call.ts";
import type { Confbridge } from "../model/confbridge.ts";
import type { Groupcall } from "../model/groupcall.ts";
import type { HangupReason } from "../model/hangup.ts";
import type { MuteDirection } from "../model/mute.ts";
import type { Recording } from "../model/recording.ts";
import type { RingMethod } from "../model/ring-method.ts";
import type { Transcribe } from "../model/transcribe.ts";
import type { ConferenceControl } from "./conference-control.ts";
import type { RecordingControl } from "./recording-control.ts";
import type { SpeechRequest } from "./speech.ts";
import type { TranscribeOrder } from "./transcribing.ts";

/** What a new run runs: a stored flow, or actions that were validated already. */
export type Runnable = { readonly flowId: string } | { readonly actions: readonly Action[] };

export type ActiveflowStart = Runnable & {
  readonly customerId: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly onCompleteFlowId: string | null;
};

/**
 * Calls to make: for each destination one with a run of its own, or a group where there are several ways to reach it
 * (extension, agent).
 */
export type CallOrder = {
  readonly customerId: string;
  readonly source: Address;
  readonly destinations: readonly Address[];
  /** The stored flow that the actions are of; null when they came with the order. */
  readonly flowId: string | null;
  readonly actions: readonly Action[];
  readonly onCompleteFlowId: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** The flow begins at ringing, not at the answer. */
  readonly earlyExecution: boolean;
};

/** Calls of which the first that answers wins. */
export type GroupcallOrder = CallOrder & { readonly ringMethod: RingMethod };

/** What an order has become: every call, and the groups that some of them are in. */
export type PlacedCalls = { readonly calls: readonly Call[]; readonly groupcalls: readonly Groupcall[] };
/** What can be done to the sound of a live call. */
export type CallOperation =
  | { readonly type: "hold" | "unhold" | "start_music" | "stop_music" | "start_silence" | "stop_silence" }
  | { readonly type: "mute" | "unmute"; readonly direction: MuteDirection }
  | { readonly type: "talk"; readonly speech: SpeechRequest };

/** A call has not come as far as what was asked for needs, or is beyond it. */
export class CallStateError extends Error {
  override readonly name = "CallStateError";
  readonly state: "unanswered" | "ended";

  constructor(state: "unanswered" | "ended", options?: ErrorOptions) {
    super(state === "ended" ? "the call has ended" : "the call has not been answered", options);
    this.state = state;
  }
}

/**
 * What a request from outside may ask of the engine. Whose call or run it is has been checked before.
 * Every method may reject with a TelephonyError or a StorageError.
 */
export interface EngineControl {
  readonly conferences: ConferenceControl;
  readonly recordings: RecordingControl;
  /**
   * Stores the calls and lets them ring; what becomes of each is told by its record.
   * @throws VariableLimitError when the variables are too large.
   */
  placeCalls(order: CallOrder): Promise<PlacedCalls>;
  /** Rings all destinations as one group. @throws VariableLimitError when the variables are too large. */
  placeGroupcall(order: GroupcallOrder): Promise<Groupcall>;
  /** Hangs up every call of a group; false when it is over, or not known to this engine. */
  hangupGroupcall(groupcallId: string): Promise<boolean>;
  /** Hangs a call up; false when it is over, or not known to this engine. */
  hangupCall(callId: string, reason?: HangupReason): Promise<boolean>;
  /**
   * Changes what the other side hears and says, whatever the call's flow is at; gives the call as it is then.
   * @throws CallStateError when the call is not up, SpeechError when there is no voice for what is to be said.
   */
  operateCall(callId: string, operation: CallOperation): Promise<Call>;
  /**
   * Begins to turn what is said in a call into text.
   * @throws CallStateError when the call is not up, TranscribeRunningError, or RecognitionError when nobody could listen.
   */
  startTranscribe(callId: string, order: TranscribeOrder): Promise<Transcribe>;
  /**
   * Has a recording turned into text, in the background, when it is complete.
   * @throws RecognitionError when nobody could listen.
   */
  transcribeRecording(recording: Recording, order: TranscribeOrder): Promise<Transcribe>;
  /**
   * Begins to turn what all say in a confbridge into text, until the last has left.
   * @throws NobodyThereError, TranscribeRunningError, or RecognitionError when nobody could listen.
   */
  transcribeConfbridge(confbridge: Pick<Confbridge, "id" | "customer_id">, order: TranscribeOrder): Promise<Transcribe>;
  /** Ends all transcriptions of a confbridge, once all that was said until then is understood. */
  stopTranscribesOf(confbridgeId: string): Promise<void>;
  /** Ends a transcription, once all that was said until then is understood; false when it is over. */
  stopTranscribe(transcribeId: string): Promise<boolean>;
  /** Ends a run, and hangs up the call it has; resolves when both are over, or soon will be: false when the run was over before. */
  stopActiveflow(activeflowId: string): Promise<boolean>;
  /** Puts a caller out of its queue, or ends its talk with the agent; false when that is over. */
  kickQueuecall(queuecallId: string): Promise<boolean>;
  /**
   * Starts a run that has no call. Its record is stored when the id is returned.
   * @throws VariableLimitError when the variables are too large.
   */
  startActiveflow(start: ActiveflowStart): Promise<string>;
}
