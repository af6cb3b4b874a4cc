/**
 * The lifetime of one call.
 *
 * 1. One scope per channel; it outlives every action of its call, and no call outlives its scope.
 * 2. It ends exactly once, and its signal aborts then; whoever waits on the call waits with that signal.
 * 3. Events change the scope synchronously, in the order in which the switch sent them; what is stored follows.
 */
import type { EndedReason } from "../model/activeflow.ts";
import { type Call, type CallStatus, mayFollow, reasonOfRemoteHangup } from "../model/call.ts";
import { Cause, causeInWords, causeOf, type HangupReason } from "../model/hangup.ts";
import type { TimelineType } from "../model/timeline.ts";
import type { CallStore } from "../ports/call-store.ts";
import type { Clock } from "../ports/clock.ts";
import { type Changes, createChanges } from "./changes.ts";

/** How the run of a call ends with it. */
type CallEnding = Extract<EndedReason, "hangup" | "duration_limit" | "lost">;

/** The call has ended; the reason of a scope's signal. */
export class CallEnded extends Error {
  override readonly name = "CallEnded";
}

/** Shared, because each would take the stack of the same place. */
const CALL_ENDED = new CallEnded("the call has ended");

export type PlaybackState = "playing" | "finished" | "failed";

export interface CallScope {
  /** As it is now. */
  readonly call: Call;
  readonly signal: AbortSignal;
  /** How its run ends with it, so far as is known. */
  readonly endsRunAs: CallEnding;
  readonly changes: Changes;
  /** Registers the one listener, called with the status now and with each that follows. */
  onStatus(listener: (status: CallStatus) => void): void;
  /** What the switch has told about playbacks on this channel. */
  readonly playbacks: ReadonlyMap<string, PlaybackState>;
  playback(id: string, state: PlaybackState): void;
  forgetPlayback(id: string): void;
  /** Grows each time everybody who waits for the switch should ask it, because its news may have been lost. */
  readonly looks: number;
  lookAgain(): void;
  ringing(): void;
  /** There is audio from a far end that has not answered. */
  progressed(): void;
  readonly hasEarlyMedia: boolean;
  /** Whether anything was heard of the target that is dialled now. */
  readonly isAlive: boolean;
  answered(): void;
  /** Of the calls of its group it has answered first. */
  choose(): void;
  /** Whether it is answered, and chosen if it is one of a group. */
  readonly isReached: boolean;
  /** Resolves when a call that we make is reached, with when it was answered, ms; at once, with 0, for one that came in. */
  reached(signal: AbortSignal): Promise<number>;
  /** Remembers what was done to its sound from outside; resolves when that is stored. */
  soundChanged(
    changed: Partial<Pick<Call, "mute_direction" | "on_hold" | "own_sound">>,
    type: TimelineType,
    facts?: Record<string, unknown>,
  ): Promise<void>;
  /** Remembers the audio that goes to other hosts, and what is to be told about it; resolves when that is stored. */
  externalMedia(all: Call["external_media"], type?: TimelineType, facts?: Record<string, unknown>): Promise<void>;
  /** Remembers which recording of it is running now; null: none. */
  recorded(recordingId: string | null): void;
  /** It can't be dialled: remembers why; `left` follows. */
  undialable(why: string, cause?: number): void;
  /** One target could not be reached, for this cause: the next is dialled on this channel. */
  redialled(channelId: string, cause: number, why: string): void;
  /** The target rung now could not be reached, and no other is tried, because its flow has begun; `left` follows. */
  givenUp(cause: number): void;
  /** Remembers that the hangup is ours, and why; resolves when that is stored. */
  hangingUp(reason: HangupReason, cause: number): Promise<void>;
  /**
   * The far end has hung up, with this cause, or the channel has left without one: records how, and ends the scope. Its
   * playbacks fail between the two, and no flow may go on because of that.
   */
  left(remoteCause?: number): void;
  /** The switch knows the call no more, and there is no news of its end: ends the scope. */
  lost(): void;
  /** Its time is up; our hangup follows. */
  expired(): void;
}

type Services = {
  readonly calls: CallStore;
  readonly clock: Clock;
  /** Work that the scope starts and nobody awaits: stores, with their failures reported. */
  readonly background: (work: Promise<unknown>) => void;
};

export function createCallScope(initial: Call, { calls, clock, background }: Services): CallScope {
  let call = initial;
  let endsRunAs: CallEnding = "hangup";
  let looks = 0;
  let hasEarlyMedia = false;
  let isChosen = false;
  let isAlive = initial.status !== "dialing";
  let hangupStored = Promise.resolve();
  let tellStatus: (status: CallStatus) => void = () => {};
  const controller = new AbortController();
  const changes = createChanges();
  const playbacks = new Map<string, PlaybackState>();

  const store = (changed: Partial<Call>, type?: TimelineType, facts: Record<string, unknown> = {}): Promise<void> => {
    const now = new Date(clock.now()).toISOString();
    call = { ...call, ...changed, tm_update: now };
    if (changed.status) tellStatus(changed.status);
    const entries = type ? [{ at: now, type, activeflow_id: call.activeflow_id, call_id: call.id, data: facts }] : [];
    // What is to be done at once goes out before anything is stored.
    changes.notify();
    return calls.save(call, entries);
  };
  const change = (...changed: Parameters<typeof store>): void => background(store(...changed));

  const isReached = (): boolean => call.status === "progressing" && (call.groupcall_id === null || isChosen);

  function left(remoteCause?: number): void {
    if (controller.signal.aborted) return;
    const hangup = call.hangup_by === "local" ? {} : remoteHangup(call, remoteCause);
    const ended = {
      ...hangup,
      status: "hangup",
      recording_id: null,
      tm_hangup: new Date(clock.now()).toISOString(),
    } as const;
    const { hangup_by, hangup_reason, hangup_cause } = { ...call, ...ended };
    change(ended, "call_hangup", {
      by: hangup_by,
      reason: hangup_reason,
      cause: hangup_cause,
      words: causeInWords(hangup_cause ?? 0),
    });
    controller.abort(CALL_ENDED);
  }

  function ringing(): void {
    isAlive = true;
    if (!mayFollow(call.status, "ringing")) return;
    change({ status: "ringing", tm_ringing: new Date(clock.now()).toISOString() }, "call_ringing");
  }

  return {
    get call() {
      return call;
    },
    signal: controller.signal,
    get endsRunAs() {
      return endsRunAs;
    },
    changes,
    onStatus(listener) {
      tellStatus = listener;
      listener(call.status);
    },
    playbacks,
    playback(id, state) {
      playbacks.set(id, state);
      changes.notify();
    },
    forgetPlayback: (id) => void playbacks.delete(id),
    get looks() {
      return looks;
    },
    lookAgain() {
      looks += 1;
      changes.notify();
    },
    ringing,
    progressed() {
      hasEarlyMedia = true;
      ringing();
      changes.notify();
    },
    get hasEarlyMedia() {
      return hasEarlyMedia;
    },
    get isAlive() {
      return isAlive;
    },
    answered() {
      if (!mayFollow(call.status, "progressing")) return;
      change({ status: "progressing", tm_progressing: new Date(clock.now()).toISOString() }, "call_answered");
    },
    choose() {
      isChosen = true;
      changes.notify();
    },
    get isReached() {
      return isReached();
    },
    async reached(signal) {
      if (call.direction === "incoming") return 0;
      if (!isReached()) await changes.until(() => isReached() || undefined, signal);
      return Date.parse(call.tm_progressing ?? "");
    },
    hangingUp(reason, cause) {
      const status = call.direction === "outgoing" && call.status !== "progressing" ? "canceling" : "terminating";
      if (mayFollow(call.status, status)) {
        hangupStored = store({ status, hangup_by: "local", hangup_reason: reason, hangup_cause: cause });
        background(hangupStored);
      }
      return hangupStored;
    },
    soundChanged: store,
    externalMedia: (external_media, type, facts) => store({ external_media }, type, facts),
    recorded(recordingId) {
      const { recording_id, recording_ids } = call;
      if (recordingId === recording_id || controller.signal.aborted) return;
      const all =
        recordingId === null || recording_ids.includes(recordingId) ? recording_ids : [...recording_ids, recordingId];
      change({ recording_id: recordingId, recording_ids: all });
    },
    undialable(why, cause = causeOf.dialout) {
      if (!mayFollow(call.status, "canceling")) return;
      const hangup = { hangup_by: "local", hangup_reason: "dialout", hangup_cause: cause } as const;
      change({ ...hangup, status: "canceling" }, "dial_failed", { why });
    },
    redialled(channelId, cause, why) {
      if (!call.dialing) return;
      hasEarlyMedia = false;
      isAlive = false;
      const facts = { why, ...attemptOf(call, cause), next: true };
      const dialing = { ...call.dialing, attempt: call.dialing.attempt + 1 };
      change({ channel_id: channelId, dialing }, "dial_failed", facts);
    },
    givenUp(cause) {
      const why = "its flow has begun at ringing (early_execution): no other trunk is tried";
      change({}, "dial_failed", { why, ...attemptOf(call, cause), next: false });
    },
    left,
    lost() {
      if (controller.signal.aborted) return;
      // What we have hung up ourselves may be gone before we hear of it.
      if (call.hangup_by !== "local") endsRunAs = "lost";
      left();
    },
    expired: () => {
      endsRunAs = "duration_limit";
    },
  };
}

/** What a timeline tells of the target that was rung. */
function attemptOf({ dialing }: Call, cause: number) {
  const tried = dialing?.targets[dialing.attempt];
  const trunk = tried?.kind === "trunk" ? { trunk_id: tried.trunk_id } : {};
  return { cause, words: causeInWords(cause), target: tried?.kind, ...trunk };
}

/** Asterisk gives cause 0 when a far end that had answered says goodbye without a reason: that is a normal end. */
function remoteHangup(call: Call, givenCause: number | undefined) {
  const cause = givenCause || (call.status === "progressing" ? Cause.NORMAL_CLEARING : 0);
  const hangup_reason = reasonOfRemoteHangup(call.direction, call.status, cause);
  return { hangup_by: "remote", hangup_reason, hangup_cause: cause } as const;
}
