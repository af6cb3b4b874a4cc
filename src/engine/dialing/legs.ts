/**
 * Calls that we make, each from its first ring to its answer or its end.
 *
 * 1. A call is stored before it is dialled; after a crash it is dialled again, which finds what is there.
 * 2. It has one target after the other: the next is tried when one can't be reached, on a channel of its own; not once
 *    its run has begun.
 * 3. Its run, if it has one, begins when it is due, and ends when the call has ended before that.
 */
import type { Logger } from "pino";
import type { Address } from "../../model/address.ts";
import { type Call, hasBegunEarly } from "../../model/call.ts";
import type { DialTarget } from "../../model/dial-target.ts";
import type { DialFault, GroupRun } from "../../model/groupcall.ts";
import { Cause, causeOf } from "../../model/hangup.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Storage } from "../../ports/storage.ts";
import { type Telephony, TelephonyError } from "../../ports/telephony.ts";
import type { Activeflows } from "../active-flows.ts";
import type { CallScope } from "../call-scope.ts";
import type { Calls } from "../calls.ts";
import { hopsAmong, toldBy } from "./hops.ts";
import type { TrunkSlots } from "./trunk-slots.ts";

/** How long a carrier may stay silent before the next one is tried, */
const SIGN_OF_LIFE_MS = 8_000;
/** but no longer than this part of the time that is left to ring: the next needs some, too. */
const SILENT_PART = 0.5;
/** How long after the ringing should have ended the switch may take to tell so. */
const NEWS_MS = 10_000;

export type LegOrder = {
  readonly callId: string;
  /** Of the run that it gets, if it gets one. */
  readonly activeflowId: string;
  readonly customerId: string;
  readonly source: Address;
  readonly destination: Address;
  readonly targets: readonly DialTarget[];
  /** Why there is no target. */
  readonly fault?: DialFault | undefined;
  readonly ringMs: number;
  readonly groupcallId: string | null;
  readonly masterCallId: string | null;
  readonly chained: boolean;
  readonly hops: number;
  /** How many calls are made at once, or count so, this one among them, that may come back to us. */
  readonly among: number;
  /** What it runs; null when somebody else does something with whoever answers. */
  readonly run: GroupRun | null;
};

type Services = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly activeflows: Activeflows;
  readonly calls: Calls;
  readonly slots: TrunkSlots;
  readonly clock: Clock;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
};

type Ringing = { readonly target: DialTarget; readonly ringUntilMs: number; readonly isDialled: boolean };

export type Legs = ReturnType<typeof createLegs>;

export function createLegs({ storage, telephony, activeflows, calls, slots, clock, log, background }: Services) {
  /** Stores the call and lets it ring. */
  async function start(order: LegOrder): Promise<CallScope> {
    const call = callOf(order, clock.now());
    const scope = calls.open(call);
    const at = call.tm_create;
    const fact = { at, type: "call_created", activeflow_id: call.activeflow_id, call_id: call.id, data: {} } as const;
    const stored = Promise.all([prepareRun(order, scope), storage.calls.create(call, [fact])]);
    const [begin] = await stored.catch((error) => {
      scope.left();
      throw error;
    });
    log.info({ call_id: call.id, activeflow_id: call.activeflow_id }, "calling");
    if (calls.isLeftAlone(call)) {
      background(scope.hangingUp("cancel", causeOf.cancel));
      scope.left();
    }
    goOn(scope, begin, ring(scope));
    if (order.fault) {
      scope.undialable(order.fault.why, order.fault.cause);
      scope.left();
    }
    return scope;
  }

  async function prepareRun({ run, customerId, callId, activeflowId }: LegOrder, scope: CallScope) {
    if (!run) return () => {};
    const { earlyExecution: _, ...what } = run;
    const plan = { ...what, customerId, referenceType: "call", referenceId: callId } as const;
    return activeflows.prepare(plan, scope, activeflowId);
  }

  /** Lets the run begin when it is due, or end when the call has ended. A fault of ours ends the call. */
  function goOn(scope: CallScope, begin: () => void, ringing: Promise<void>): void {
    const failed = (error: unknown) => {
      log.error({ err: error, call_id: scope.call.id }, "dialling failed");
      abandon(scope, scope.call.channel_id);
      scope.undialable("it could not be dialled, because of a fault of ours");
      scope.left();
    };
    background(ringing.catch(failed));
    const due = scope.changes.until(() => (isDue(scope) ? true : undefined), scope.signal);
    background(due.catch(() => undefined).then(begin));
  }

  /** `heldAttempt`, of an earlier process, has its place in the trunk already. */
  async function ring(scope: CallScope, heldAttempt?: number): Promise<void> {
    while (!scope.signal.aborted) {
      const { dialing } = scope.call;
      const target = dialing?.targets[dialing.attempt];
      if (!dialing || !target) return;
      using slot = await slots.take(target, dialing.attempt === heldAttempt);
      if (slot.refusal) unreached(scope, Cause.NO_CIRCUIT, slot.refusal);
      else if (isUnanswered(scope.call)) {
        const isDialled = scope.call.status === "ringing" && dialing.attempt === 0 && heldAttempt === 0;
        await dial(scope, { target, ringUntilMs: dialing.ringUntilMs, isDialled });
      }
      if (scope.call.dialing?.attempt !== dialing.attempt) continue;
      if (isUp(scope.call)) await ended(scope);
      return;
    }
  }

  /**
   * Rings one target until it answers, or the call goes on to the next, or ends. What rings since an earlier process is not
   * dialled again: should it just be taken back, that would make a new channel, which rings for nobody.
   */
  async function dial(scope: CallScope, { target, ringUntilMs, isDialled }: Ringing): Promise<void> {
    const { channel_id } = scope.call;
    const source = target.kind === "trunk" ? target.caller : scope.call.source;
    const timeoutMs = Math.max(1_000, ringUntilMs - clock.now());
    try {
      const hops = toldBy(scope.call);
      if (!isDialled) await telephony.dial(channel_id, { target, source, timeoutMs, hops }, scope.signal);
    } catch (error) {
      abandon(scope, channel_id);
      if (scope.signal.aborted || scope.call.channel_id !== channel_id) return;
      if (!(error instanceof TelephonyError)) throw error;
      return unreached(scope, Cause.NETWORK_OUT_OF_ORDER, error.message);
    }
    // Hung up before there was a channel to hang up.
    if (scope.call.status === "canceling" || scope.signal.aborted) abandon(scope, channel_id);
    const patience = setTimeout(() => {
      background(telephony.hangup(channel_id, Cause.NO_ANSWER));
      scope.left(Cause.NO_ANSWER);
    }, timeoutMs + NEWS_MS);
    const impatience = setTimeout(
      () => {
        const isSilent = scope.call.channel_id === channel_id && !scope.isAlive;
        if (!isSilent || !calls.redial(scope, Cause.NO_USER_RESPONDING, "no sign of life")) return;
        abandon(scope, channel_id);
      },
      Math.min(SIGN_OF_LIFE_MS, SILENT_PART * timeoutMs),
    );
    const isSettled = () => (isUp(scope.call) || scope.call.channel_id !== channel_id ? true : undefined);
    await scope.changes.until(isSettled, scope.signal).catch(() => undefined);
    clearTimeout(patience);
    clearTimeout(impatience);
  }

  function unreached(scope: CallScope, cause: number, why: string): void {
    if (calls.redial(scope, cause, why)) return;
    scope.undialable(why, cause);
    scope.left();
  }

  /** Ends a channel that is not needed, or may not even have been made. */
  function abandon({ call }: CallScope, channelId: string): void {
    const isCancelled = call.status === "canceling" && call.channel_id === channelId;
    const cause = isCancelled ? call.hangup_cause : undefined;
    background(telephony.hangup(channelId, cause ?? Cause.NORMAL_CLEARING));
  }

  return {
    start,
    /** Goes on with a call of an earlier process: it rings, unless that has been done. */
    takeBack: (scope: CallScope, begin: () => void): void =>
      goOn(scope, begin, ring(scope, scope.call.dialing?.attempt)),
  };
}

const isDue = ({ call, isReached }: CallScope): boolean => isReached || hasBegunEarly(call);

const isUnanswered = ({ status }: Call): boolean => status === "dialing" || status === "ringing";
const isUp = ({ status }: Call): boolean => status === "progressing" || status === "terminating";

const ended = (scope: CallScope): Promise<unknown> =>
  scope.changes.until(() => undefined, scope.signal).catch(() => undefined);

function callOf(order: LegOrder, nowMs: number): Call {
  const now = new Date(nowMs).toISOString();
  const { callId, targets, ringMs, run } = order;
  return {
    id: callId,
    customer_id: order.customerId,
    flow_id: run?.flowId ?? null,
    activeflow_id: run ? order.activeflowId : null,
    // Ours to choose, so that a call whose dialling was interrupted is found again.
    channel_id: callId,
    direction: "outgoing",
    early_execution: run?.earlyExecution ?? false,
    source: order.source,
    destination: order.destination,
    groupcall_id: order.groupcallId,
    master_call_id: order.masterCallId,
    chained: order.chained,
    status: "dialing",
    mute_direction: "",
    on_hold: false,
    own_sound: "",
    recording_id: null,
    recording_ids: [],
    hangup_by: null,
    hangup_reason: null,
    hangup_cause: null,
    tm_create: now,
    tm_ringing: null,
    tm_progressing: null,
    tm_hangup: null,
    tm_update: now,
    dialing: { targets, attempt: 0, ringUntilMs: nowMs + ringMs, among: order.among },
    hops: order.hops === 0 ? 0 : hopsAmong(order.hops, order.among),
    external_media: [],
  };
}
