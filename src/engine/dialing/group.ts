/** One group of calls, from its first ring to its end; its rules are those of groupcalls.ts. */
import type { Logger } from "pino";
import type { Call } from "../../model/call.ts";
import type { Groupcall, GroupLeg, GroupLine } from "../../model/groupcall.ts";
import { Cause, type HangupReason } from "../../model/hangup.ts";
import type { Storage } from "../../ports/storage.ts";
import type { Telephony } from "../../ports/telephony.ts";
import type { CallScope } from "../call-scope.ts";
import type { Calls } from "../calls.ts";
import { type Changes, createChanges } from "../changes.ts";
import { hangUp } from "../hang-up.ts";
import type { Legs } from "./legs.ts";

/** How a call of a group ended that nobody answered. */
export type Unanswered = { readonly reason: HangupReason; readonly cause: number };
export type Failure = Unanswered & { readonly leg: GroupLeg };

/** `scope` is undefined when who had answered hung up while nobody was there. */
export type Decision =
  | { readonly kind: "answered"; readonly call: Call; readonly scope: CallScope | undefined }
  | ({ readonly kind: "failed" } & Unanswered);

export interface Group {
  readonly record: Groupcall;
  /** Its calls that are live, and those of this process that have ended. */
  legs(): readonly CallScope[];
  /** Those who did not answer. */
  failures(): readonly Failure[];
  /** Resolves when the calls that ring first have been made. */
  readonly begun: Promise<unknown>;
  /** Told when a call is made, has early media, ends, and when the group is decided. */
  readonly changes: Changes;
  /** What is to be done `atOnce` is done in the very turn in which a call answers. */
  decided(signal: AbortSignal, atOnce?: (decision: Decision) => void): Promise<Decision>;
  /** Hangs up every call of it; resolves when it is over. */
  cancel(): Promise<void>;
  /** Resolves when every call of it is over. */
  readonly ended: Promise<void>;
}

export type GroupServices = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly calls: Calls;
  readonly legs: Legs;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
};

/** Lets a stored group ring, or go on ringing. One that is hanging up makes no further calls. */
export function startGroup(
  initial: Groupcall,
  services: GroupServices,
  { resumed }: { readonly resumed: boolean },
): Group {
  const { storage, telephony, calls, legs, log, background } = services;
  let record = initial;
  let decision: Decision | undefined;
  const changes = createChanges();
  const failures: Failure[] = [];
  const makings = new Map<string, Promise<CallScope | undefined>>();
  const scopes = new Map<string, CallScope>();
  for (const { callId } of resumed ? record.lines.flat(2) : []) {
    const scope = calls.find(callId);
    if (scope) scopes.set(callId, scope);
  }

  const isOver = () => decision !== undefined || record.status !== "progressing";
  const hasWon = (scope: CallScope) => decision?.kind === "answered" && decision.scope === scope;

  function store(changed: Partial<Groupcall>): Promise<void> {
    record = { ...record, ...changed };
    return storage.groupcalls.save(record.id, changed);
  }

  const save = (changed: Partial<Groupcall>): void => background(store(changed));

  function decide(made: Decision): void {
    decision = made;
    changes.notify();
  }

  function win(scope: CallScope): void {
    decide({ kind: "answered", call: scope.call, scope });
    save({ answer_call_id: scope.call.id });
    scope.choose();
    for (const other of scopes.values()) if (other !== scope) background(giveUp(other));
  }

  /** Those who ring too late are told that another has answered, if so. */
  const giveUp = (scope: CallScope): Promise<void> =>
    decision?.kind === "answered"
      ? hangUp(scope, telephony, "cancel", Cause.ANSWERED_ELSEWHERE)
      : hangUp(scope, telephony);

  async function ringLine(line: GroupLine): Promise<void> {
    for (const stage of line) await Promise.all(stage.map(ringLeg));
  }

  async function ringLeg(leg: GroupLeg): Promise<void> {
    const scope = await made(leg);
    if (!scope) return;
    background(tellOfEarlyMedia(scope));
    const isUp = () => (scope.call.status === "progressing" ? true : undefined);
    const winIfFirst = () => {
      if (!isOver()) win(scope);
    };
    const answered = await scope.changes.until(isUp, scope.signal, winIfFirst).catch(() => false);
    if (!answered) fail(leg, endOf(scope.call));
    else if (!hasWon(scope)) await giveUp(scope);
  }

  /** Its next target may have some too, or none. */
  async function tellOfEarlyMedia(scope: CallScope): Promise<void> {
    for (let known = false; !scope.signal.aborted; changes.notify()) {
      const changed = () => (scope.hasEarlyMedia === known ? undefined : scope.hasEarlyMedia);
      known = await scope.changes.until(changed, scope.signal).catch(() => false);
    }
  }

  /**
   * The call of a leg, which is made once; undefined when it is over, not needed any more, or can't be made: the others
   * ring all the same.
   */
  function made(leg: GroupLeg): Promise<CallScope | undefined> {
    const failed = (error: unknown) => {
      log.error({ err: error, call_id: leg.callId }, "a call of a group could not be made");
      fail(leg, FAULT_OF_OURS);
      return undefined;
    };
    const making = makings.get(leg.callId) ?? make(leg).catch(failed);
    makings.set(leg.callId, making);
    return making;
  }

  async function make(leg: GroupLeg): Promise<CallScope | undefined> {
    const known = scopes.get(leg.callId);
    if (known) return known;
    const stored = resumed ? await storage.calls.get(leg.callId) : undefined;
    if (stored) fail(leg, endOf(stored));
    if (stored || isOver()) return undefined;
    const { id, customer_id, source, master_call_id, ring_ms: ringMs, chained, hops, among = 1, run } = record;
    const group = { customerId: customer_id, source, groupcallId: id, masterCallId: master_call_id, chained, hops };
    const scope = await legs.start({ ...leg, ...group, among, ringMs, run });
    scopes.set(leg.callId, scope);
    save({ call_ids: [...record.call_ids, leg.callId] });
    if (isOver()) background(giveUp(scope));
    return scope;
  }

  function fail(leg: GroupLeg, why: Unanswered): void {
    failures.push({ leg, ...why });
    save({ call_count: Math.max(0, record.call_count - 1) });
    changes.notify();
  }

  async function run(): Promise<void> {
    try {
      await (record.answer_call_id === null ? ringAll() : takeBack(record.answer_call_id));
    } catch (error) {
      log.error({ err: error, groupcall_id: record.id }, "a group of calls failed");
      decide({ kind: "failed", ...FAULT_OF_OURS });
      for (const scope of scopes.values()) background(giveUp(scope));
    }
    await Promise.all([...scopes.values()].map(over));
    // Whoever waits for the end may read it then.
    const stored = store({ status: "hangup", call_count: 0 });
    background(stored);
    await stored.catch(() => undefined);
  }

  async function ringAll(): Promise<void> {
    await Promise.all(record.lines.map(ringLine));
    if (!decision) decide({ kind: "failed", ...mostTelling(failures) });
  }

  /** Finds who had answered in an earlier process. */
  async function takeBack(callId: string): Promise<void> {
    const scope = scopes.get(callId);
    if (scope) return win(scope);
    const call = await storage.calls.get(callId);
    decide(call ? { kind: "answered", call, scope: undefined } : { kind: "failed", ...mostTelling([]) });
    for (const other of scopes.values()) background(giveUp(other));
  }

  /** Makes no more calls, and hangs up those that it has. */
  async function letGo(): Promise<void> {
    if (record.status === "progressing") save({ status: "hangingup" });
    if (!decision) decide({ kind: "failed", reason: "cancel", cause: Cause.NORMAL_CLEARING });
    await Promise.all([...scopes.values()].map((scope) => hangUp(scope, telephony)));
  }

  const unchain = calls.chain(record, () => background(letGo()));
  if (calls.isLeftAlone(record)) background(letGo());
  const ended = run().finally(unchain);

  return {
    get record() {
      return record;
    },
    legs: () => [...scopes.values()],
    failures: () => failures,
    begun: Promise.all(
      isOver() || record.answer_call_id ? [] : record.lines.flatMap(([first = []]) => first.map(made)),
    ),
    changes,
    decided: (signal, atOnce) => changes.until(() => decision, signal, atOnce),
    async cancel() {
      await letGo();
      // One that is only being made is hung up then.
      await ended;
    },
    ended,
  };
}

/** What it comes to when a call could not even be stored, or found. */
const FAULT_OF_OURS: Unanswered = { reason: "failed", cause: Cause.NETWORK_OUT_OF_ORDER };

const over = (scope: CallScope): Promise<unknown> =>
  scope.changes.until(() => undefined, scope.signal).catch(() => undefined);

/** What a caller should be told when calls failed for several reasons: best what a person did. */
const TELLING: readonly number[] = [Cause.USER_BUSY, Cause.CALL_REJECTED, Cause.NO_ANSWER];

function mostTelling(failures: readonly Unanswered[]): Unanswered {
  for (const cause of TELLING) {
    const found = failures.find((failure) => failure.cause === cause);
    if (found) return unansweredOf(found);
  }
  return unansweredOf(failures[0] ?? { reason: "failed", cause: Cause.NO_ROUTE });
}

const endOf = ({ hangup_reason, hangup_cause }: Call): Unanswered => ({
  reason: hangup_reason ?? "failed",
  cause: hangup_cause ?? 0,
});

const unansweredOf = ({ reason, cause }: Unanswered): Unanswered => ({ reason, cause });
