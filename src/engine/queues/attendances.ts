/**
 * An agent's time with a caller, from the first ring to the hangup.
 *
 * 1. It is stored before a phone rings, with the id of the group of calls: after a crash the same phones ring on.
 * 2. The agent is released only when none of its phones rings or talks any more; so is its caller, if it is to wait on.
 */
import type { Logger } from "pino";
import type { Queue } from "../../model/queue.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { QueuecallStore } from "../../ports/queuecall-store.ts";
import { untilGone } from "../bridging/talk.ts";
import type { CallScope } from "../call-scope.ts";
import type { AgentBook } from "./agent-book.ts";
import type { Floor } from "./floor.ts";
import type { Attendance, QueuedCaller } from "./queued-caller.ts";

/** The calls to one agent's phones. */
export type AgentRing = {
  /** Rejects with the signal's reason. No scope: who had answered is gone already. */
  decided(signal: AbortSignal): Promise<{ readonly kind: "answered"; readonly scope: CallScope | undefined } | Failed>;
  /** Ends all of them; resolves when they are over. */
  cancel(): Promise<void>;
};
type Failed = { readonly kind: "failed" };

/** Rings an agent's phones under an id of our choice, or finds them ringing. */
export type RingAgent = (order: {
  readonly groupId: string;
  readonly agentId: string;
  readonly caller: CallScope;
  readonly queuecallId: string;
  readonly ringMs: number;
}) => Promise<AgentRing>;

type Services = {
  readonly store: Pick<QueuecallStore, "change">;
  readonly queueOf: (queueId: string) => Queue | undefined;
  readonly ring: RingAgent;
  readonly floor: Floor;
  readonly book: AgentBook;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** The caller's agent has answered. */
  readonly onAnswer: (caller: QueuedCaller) => void;
  /** Somebody is free, or waits again. */
  readonly onRelease: () => void;
};

/** Of a queue that has been removed meanwhile. */
const DEFAULTS = { ring_time: 20_000, rest_time: 10_000, wrap_up_time: 0 };

/** How an attendance ended: no answer; withdrawn before one; a talk. */
type Ending = "unanswered" | "withdrawn" | "talked";

export type Attendances = ReturnType<typeof createAttendances>;

export function createAttendances(services: Services) {
  const { store, queueOf, ring, floor, book, clock, ids, log, onAnswer, onRelease } = services;
  const timesOf = ({ record }: QueuedCaller) => queueOf(record.queue_id) ?? DEFAULTS;

  /** Rings the agent that the caller was paired with. */
  async function begin(caller: QueuedCaller, agentId: string): Promise<void> {
    const attendance = attend(caller, agentId, ids.next());
    const changes = { status: "connecting", service_agent_id: agentId, groupcall_id: attendance.groupId } as const;
    const stored = caller.change(
      changes,
      "queuecall_connecting",
      book.begin(agentId, caller.record.id, attendance.groupId),
    );
    await see(caller, attendance, stored);
  }

  /** Goes on with an attendance of an earlier process. */
  async function goOn(caller: QueuedCaller): Promise<void> {
    const { service_agent_id: agentId, groupcall_id: groupId } = caller.record;
    if (agentId !== null && groupId !== null) await see(caller, attend(caller, agentId, groupId), Promise.resolve());
  }

  function attend(caller: QueuedCaller, agentId: string, groupId: string): Attendance {
    const attendance = { agentId, groupId, withdrawal: new AbortController(), answered: undefined };
    caller.attend(attendance);
    return attendance;
  }

  /** From the ringing to the release. */
  async function see(caller: QueuedCaller, attendance: Attendance, stored: Promise<void>): Promise<void> {
    const { agentId, groupId, withdrawal } = attendance;
    let calls: AgentRing | undefined;
    let ending: Ending = "unanswered";
    try {
      await stored;
      withdrawal.signal.throwIfAborted();
      const { ring_time: ringMs } = timesOf(caller);
      calls = await ring({ groupId, agentId, caller: caller.scope, queuecallId: caller.record.id, ringMs });
      ending = await result(caller, calls, withdrawal.signal);
    } catch (error) {
      if (!withdrawal.signal.aborted) log.error({ err: error, agent_id: agentId }, "an agent could not be rung");
      if (withdrawal.signal.aborted) ending = caller.record.tm_service === null ? "withdrawn" : "talked";
    }
    await calls?.cancel().catch((error) => log.warn({ err: error, agent_id: agentId }, "an agent's phone may ring on"));
    await release(caller, attendance, ending);
  }

  async function result(caller: QueuedCaller, calls: AgentRing, signal: AbortSignal): Promise<Ending> {
    const decision = await calls.decided(signal);
    const callee = decision.kind === "answered" ? decision.scope : undefined;
    if (callee) {
      caller.answer(callee);
      onAnswer(caller);
      await untilGone(callee, signal);
    }
    if (caller.record.tm_service === null) return "unanswered";
    await caller.end("served");
    return "talked";
  }

  async function release(caller: QueuedCaller, { agentId, groupId }: Attendance, ending: Ending): Promise<void> {
    const { rest_time, wrap_up_time } = timesOf(caller);
    const pauseMs = { unanswered: rest_time, withdrawn: 0, talked: wrap_up_time }[ending];
    const untilMs = clock.now() + pauseMs;
    const kind = ending === "unanswered" ? "resting" : "wrapping_up";
    const duty = pauseMs > 0 ? book.pause(agentId, kind, untilMs) : book.end(agentId);
    caller.attend(undefined);
    const stored = caller.signal.aborted
      ? store.change(duty)
      : caller.change(
          { status: "waiting", service_agent_id: null, groupcall_id: null },
          "queuecall_waiting",
          duty,
          // The calls of that group say how each phone ended.
          { agent: ending, agent_id: agentId, groupcall_id: groupId },
        );
    await stored;
    if (pauseMs === 0) floor.release(agentId, clock.now());
    if (!caller.signal.aborted) floor.waitAgain(caller.record.id);
    onRelease();
  }

  return { begin, goOn };
}
