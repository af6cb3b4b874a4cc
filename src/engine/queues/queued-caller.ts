/**
 * One caller in a queue.
 *
 * 1. Changes are made here first, synchronously, and stored in the order in which they were made.
 * 2. It is over once, for one reason; its signal aborts then.
 */
import type { Queuecall, QueuecallEnding } from "../../model/queuecall.ts";
import { hasEnded } from "../../model/queuecall.ts";
import type { TimelineType } from "../../model/timeline.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QueueChange, QueuecallStore } from "../../ports/queuecall-store.ts";
import type { CallScope } from "../call-scope.ts";
import { type Changes, createChanges } from "../changes.ts";

/** The caller is in the queue no longer; the reason of its signal. */
export class QueuecallOver extends Error {
  override readonly name = "QueuecallOver";
  readonly ending: QueuecallEnding;

  constructor(ending: QueuecallEnding) {
    super(`the caller is in the queue no longer: ${ending}`);
    this.ending = ending;
  }
}

/** The agent whose phones ring for a caller, or who has answered. */
export type Attendance = {
  readonly agentId: string;
  readonly groupId: string;
  /** Aborts when the agent is not to be rung any longer, or its talk is to end. */
  readonly withdrawal: AbortController;
  /** The agent's call, once answered. */
  answered: CallScope | undefined;
};

export type Turn = "waiting" | "answered" | "over";

export type QueuedCaller = ReturnType<typeof createQueuedCaller>;

type Services = { readonly store: Pick<QueuecallStore, "change">; readonly clock: Clock };

export function createQueuedCaller(initial: Queuecall, scope: CallScope, { store, clock }: Services) {
  let record = initial;
  let attendance: Attendance | undefined;
  const changes: Changes = createChanges();
  const over = new AbortController();
  if (hasEnded(initial.status)) over.abort(new QueuecallOver(initial.end_reason ?? "left"));

  function change(
    changed: Partial<Queuecall>,
    type?: TimelineType,
    rest: Omit<QueueChange, "queuecall"> = {},
    because: Readonly<Record<string, string>> = {},
  ) {
    const at = new Date(clock.now()).toISOString();
    record = { ...record, ...changed, tm_update: at };
    const { id, queue_id, reference_id, reference_activeflow_id, service_agent_id: agent_id } = record;
    const data = {
      queuecall_id: id,
      queue_id,
      ...(agent_id === null ? {} : { agent_id }),
      ...reasonOf(changed),
      ...because,
    };
    const fact = { at, activeflow_id: reference_activeflow_id, call_id: reference_id, data };
    const stored = store.change({
      queuecall: { id, changes: { ...changed, tm_update: at } },
      ...(type ? { facts: [{ ...fact, type }] } : {}),
      ...rest,
    });
    changes.notify();
    return stored;
  }

  return {
    get record() {
      return record;
    },
    scope,
    changes,
    /** Aborts when the caller is in the queue no longer. */
    signal: over.signal,
    get attendance() {
      return attendance;
    },
    attend(by: Attendance | undefined): void {
      attendance = by;
      changes.notify();
    },
    /** Tells whoever waits that its agent has answered. */
    answer(callee: CallScope): void {
      if (attendance) attendance.answered = callee;
      changes.notify();
    },
    /** What its flow is to do; undefined when that is not known yet, after a crash. */
    turn(): Turn | undefined {
      if (over.signal.aborted) return "over";
      if (attendance?.answered && !attendance.answered.signal.aborted) return "answered";
      return record.tm_service === null ? "waiting" : undefined;
    },
    change,
    /** Nothing when it is over already. */
    end(ending: QueuecallEnding): Promise<void> {
      if (over.signal.aborted) return Promise.resolve();
      const status = record.tm_service === null ? "abandoned" : "done";
      const isAbandoned = status === "abandoned";
      const counts = isAbandoned ? { counts: { queueId: record.queue_id, total: "abandoned" } as const } : {};
      const nobody = isAbandoned ? { service_agent_id: null, groupcall_id: null } : {};
      const tm_end = new Date(clock.now()).toISOString();
      over.abort(new QueuecallOver(ending));
      attendance?.withdrawal.abort(over.signal.reason);
      return change({ ...nobody, status, end_reason: ending, tm_end }, `queuecall_${status}`, counts);
    },
  };
}

const reasonOf = ({ end_reason }: Partial<Queuecall>) => (end_reason ? { reason: end_reason } : {});
