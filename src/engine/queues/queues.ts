/**
 * Callers who wait for agents, and the agents who take them.
 *
 * 1. Who is paired with whom is decided here and nowhere else, in memory (floor.ts), whenever somebody comes, goes, or is
 *    free; nothing looks again and again.
 * 2. What is decided is stored before it is done. What is in memory can be made again from the store.
 * 3. A caller's flow is called back when its turn has come, again and again until it comes.
 */
import type { Logger } from "pino";
import { seeList } from "../../flow/remedies.ts";
import type { Agent } from "../../model/agent.ts";
import type { Queue } from "../../model/queue.ts";
import { durationsOf, hasEnded, type Queuecall } from "../../model/queuecall.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { QueueChange } from "../../ports/queuecall-store.ts";
import { QueueingError } from "../../ports/queueing.ts";
import type { Storage } from "../../ports/storage.ts";
import type { CallScope } from "../call-scope.ts";
import type { ComputedVariables } from "../run-variables.ts";
import { createAgentBook, type StatusChoice } from "./agent-book.ts";
import { type Arrival, arrivalIn } from "./arrival.ts";
import { createAttendances, type RingAgent } from "./attendances.ts";
import { createFloor } from "./floor.ts";
import { createPhonesInUse } from "./phones-in-use.ts";
import { createQueuedCaller, QueuecallOver, type QueuedCaller } from "./queued-caller.ts";
import { createSummons, type SummonsServices } from "./summons.ts";

export type QueueServices = {
  readonly storage: Storage;
  readonly ring: RingAgent;
  /** Ends the calls of a group that an earlier process left; resolves when they are over. */
  readonly silence: (groupId: string) => Promise<void>;
  readonly interrupt: SummonsServices["interrupt"];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Logger;
  readonly background: (work: Promise<unknown>) => void;
  /** Aborts when the engine stops. */
  readonly closing: AbortSignal;
};

/** More callers than this don't come in one millisecond; by more than this, the clock was set back. */
const FARTHEST_AHEAD_MS = 1_000;

export type Queues = ReturnType<typeof createQueues>;

export function createQueues(services: QueueServices) {
  const { storage, ring, silence, clock, ids, random, log, background, closing } = services;
  const store = storage.queuecalls;
  const floor = createFloor(random);
  const phones = createPhonesInUse();
  const book = createAgentBook({ floor, clock, phones });
  const { summon, attended } = createSummons(services);
  const queues = new Map<string, Queue>();
  const callers = new Map<string, QueuedCaller>();
  /** The place that a call has, or had last. */
  const placeOf = new WeakMap<CallScope, QueuedCaller>();
  let lastTicket = 0;
  let lastCameMs = 0;
  let isOpen = false;
  let alarm = new AbortController();

  const attendances = createAttendances({
    store,
    queueOf: (id) => queues.get(id),
    ring,
    floor,
    book,
    clock,
    ids,
    log,
    onAnswer: summon,
    onRelease: settle,
  });

  /** Pairs whoever can be paired, and sees to it that this happens again when the next agent has rested. */
  function settle(): void {
    if (!isOpen || closing.aborted) return;
    for (const agentId of book.rested()) background(wake(agentId));
    for (const { callerId, agentId } of floor.pair()) {
      const caller = callers.get(callerId);
      if (caller) background(attendances.begin(caller, agentId));
    }
    const nextMs = book.nextRestedMs();
    alarm.abort();
    alarm = new AbortController();
    const signal = AbortSignal.any([alarm.signal, closing]);
    if (nextMs !== undefined) clock.sleepUntil(nextMs, signal).then(settle, () => undefined);
  }

  /** Looks again whether these agents are in calls, stores what becomes of them, and pairs whoever is free. */
  function look(agentIds: readonly string[]): void {
    for (const agentId of agentIds) background(keep(book.look(agentId)));
    if (agentIds.length > 0) settle();
  }

  const keep = async (change: QueueChange): Promise<void> => {
    if (Object.keys(change).length > 0) await store.change(change);
  };

  async function wake(agentId: string): Promise<void> {
    await store.change(book.end(agentId));
    floor.release(agentId, clock.now());
    settle();
  }

  function register(record: Queuecall, scope: CallScope): QueuedCaller {
    const caller = createQueuedCaller(record, scope, { store, clock });
    callers.set(record.id, caller);
    placeOf.set(scope, caller);
    const onOver = () => {
      floor.leave(record.id);
      const { ending } = reasonOf(caller);
      log.info({ call_id: record.reference_id, queuecall_id: record.id, ending }, "caller left the queue");
      if (!WITHOUT_FLOW.has(ending)) summon(caller);
    };
    const onHangup = () => {
      background(caller.end("hangup"));
      callers.delete(record.id);
    };
    if (!caller.signal.aborted) caller.signal.addEventListener("abort", onOver);
    if (scope.signal.aborted) onHangup();
    else scope.signal.addEventListener("abort", onHangup);
    return caller;
  }

  async function enterLine(caller: QueuedCaller): Promise<void> {
    if (caller.signal.aborted) return;
    await caller.change({ status: "waiting" }, "queuecall_waiting");
    if (!caller.signal.aborted) stand(caller);
    settle();
  }

  function stand(caller: QueuedCaller): void {
    const { id, queue_id: queueId, ticket } = caller.record;
    floor.join({ id, queueId, ticket });
    background(limitWait(caller));
  }

  async function limitWait(caller: QueuedCaller): Promise<void> {
    const { timeout_wait, tm_create } = caller.record;
    if (timeout_wait === 0) return;
    const signal = AbortSignal.any([caller.signal, closing]);
    const isWaiting = () => (caller.turn() === "waiting" ? true : undefined);
    try {
      await clock.sleepUntil(Date.parse(tm_create) + timeout_wait, signal);
      // Who talks, or is about to, is not torn away; should the agent be gone before that, the time is up.
      await caller.changes.until(isWaiting, signal);
    } catch {
      return;
    }
    await caller.end("wait_timeout");
  }

  /** Takes a place at the end of the line. */
  async function arrive(arrival: Arrival): Promise<QueuedCaller> {
    const { queueId, queuecallId, scope, activeflowId } = arrival;
    const stored = await store.get(queuecallId);
    if (stored && hasEnded(stored.status)) return callers.get(queuecallId) ?? register(stored, scope);
    const queue = await storage.queues.get(queueId, scope.call.customer_id);
    if (!queue) throw new QueueingError(`there is no queue ${queueId}`, seeList("queues"));
    const other = placeOf.get(scope);
    if (other && !other.signal.aborted)
      throw new QueueingError("the caller waits in a queue already", "leave `queue_join` out of wait flows");
    lastTicket += 1;
    lastCameMs = timeAfter(lastCameMs, clock.now());
    const record = arrivalIn(queue, arrival, { ticket: lastTicket, atMs: lastCameMs });
    putQueue(queue);
    const data = { queuecall_id: queuecallId, queue_id: queue.id };
    const created = store.create(record, [
      { at: record.tm_create, type: "queuecall_created", activeflow_id: activeflowId, call_id: scope.call.id, data },
    ]);
    const caller = register(record, scope);
    try {
      await Promise.all([created, enterLine(caller)]);
    } catch (error) {
      forget(caller);
      throw error;
    }
    return caller;
  }

  function forget({ record, scope }: QueuedCaller): void {
    callers.delete(record.id);
    placeOf.delete(scope);
  }

  function putQueue(queue: Queue): void {
    queues.set(queue.id, queue);
    const { id, customer_id: customerId, tag_ids: tagIds, routing_method: method } = queue;
    floor.putQueue({ id, customerId, tagIds, method });
  }

  /** Ends what was kept in the store for a call that is over. */
  const endStored = ({ id, queue_id, tm_service }: Queuecall): Promise<void> => {
    const at = new Date(clock.now()).toISOString();
    const ended = { end_reason: "hangup", tm_end: at, tm_update: at } as const;
    if (tm_service !== null) return store.change({ queuecall: { id, changes: { ...ended, status: "done" } } });
    const changes = { ...ended, status: "abandoned", service_agent_id: null, groupcall_id: null } as const;
    return store.change({ queuecall: { id, changes }, counts: { queueId: queue_id, total: "abandoned" } });
  };

  return {
    floor,
    book,
    /** Finds the place of this id, whatever has become of it, or takes one. */
    async join(arrival: Arrival): Promise<QueuedCaller> {
      const known = callers.get(arrival.queuecallId);
      if (!known) return arrive(arrival);
      if (known.record.status === "initiating") await enterLine(known);
      return known;
    },
    queueOf: (id: string): Queue | undefined => queues.get(id),
    /** What a call's run can read about its place; nothing when it has none, or is told that it has left. */
    variablesOf: (scope: CallScope): ComputedVariables => ({
      "voipbin.queuecall.status": () => placeOf.get(scope)?.record.status,
      "voipbin.queuecall.position": () => textOf(floor.positionOf(placeOf.get(scope)?.record.id ?? "")),
      "voipbin.queuecall.duration_waiting"() {
        const place = placeOf.get(scope);
        return textOf(place && durationsOf(place.record, clock.now()).duration_waiting);
      },
    }),
    attended,
    forget,
    /** The talk of a caller and the agent who has answered begins. */
    serve(caller: QueuedCaller, agentId: string): Promise<void> {
      const { id, queue_id: queueId } = caller.record;
      const tm_service = new Date(clock.now()).toISOString();
      floor.serve(id);
      const counts = { queueId, total: "serviced" } as const;
      return caller.change({ status: "service", tm_service }, "queuecall_service", { counts, ...book.talk(agentId) });
    },
    /** Ends the talk when it has lasted for as long as it may. */
    limitService(caller: QueuedCaller): void {
      const { timeout_service, tm_service } = caller.record;
      if (timeout_service === 0 || tm_service === null) return;
      const end = () => background(caller.end("service_timeout"));
      const signal = AbortSignal.any([caller.signal, closing]);
      clock.sleepUntil(Date.parse(tm_service) + timeout_service, signal).then(end, () => undefined);
    },
    /** Puts a caller out; whether it was in. */
    async kick(queuecallId: string): Promise<boolean> {
      const caller = callers.get(queuecallId);
      if (!caller || caller.signal.aborted) return false;
      const kicking = caller.change({ status: "kicking" });
      await Promise.all([kicking, caller.end("kicked")]);
      return true;
    },
    /** The caller's flow has gone elsewhere. */
    flowLeft(queuecallId: string): void {
      const caller = callers.get(queuecallId);
      if (caller) background(caller.end("left"));
    },
    /** Somebody has changed a queue, or made one. */
    queueChanged(queue: Queue): void {
      putQueue(queue);
      settle();
    },
    async queueRemoved(queueId: string): Promise<void> {
      queues.delete(queueId);
      floor.removeQueue(queueId);
      const waiting = [...callers.values()].filter(
        ({ record }) => record.queue_id === queueId && record.tm_service === null,
      );
      await Promise.all(waiting.map((caller) => caller.end("queue_removed")));
    },
    /** Somebody has changed an agent, or made one; its status is chosen by `agentChoseStatus` alone. */
    agentChanged(agent: Agent): void {
      background(keep(book.changed(agent)));
      settle();
    },
    /** A call has begun, or was taken back: agents whose phone is in it are busy until it is over. */
    callBegan({ call, signal }: CallScope): void {
      phones.begin(call);
      look(book.agentsIn(call));
      signal.addEventListener("abort", () => {
        phones.end(call);
        look(book.agentsIn(call));
      });
    },
    /**
     * Stores the status that an agent's user chose together with what becomes of its duty, so that neither is ever there
     * without the other.
     */
    async agentChoseStatus(agentId: string, choice: StatusChoice): Promise<void> {
      const change = book.chosen(agentId, choice);
      if (choice.status !== "available") withdraw(agentId);
      await store.change(change);
      settle();
    },
    agentRemoved(agentId: string): void {
      withdraw(agentId);
      book.removed(agentId);
    },
    /**
     * Takes from the store who waits, rings and talks; nothing is done before `open`. `find` gives the scope of a call that
     * is live.
     */
    async restore(find: (callId: string) => CallScope | undefined): Promise<void> {
      for (const queue of await storage.queues.all()) putQueue(queue);
      book.restore(await storage.agents.all(), await store.duties());
      for (const record of await store.live()) {
        lastTicket = Math.max(lastTicket, record.ticket);
        const scope = find(record.reference_id);
        if (scope) register(record, scope);
        else await endStored(record);
      }
    },
    /** Goes on with all that was restored, told where flows are: those that are in a place, or believe so. */
    open(flows: readonly FlowPlace[]): void {
      if (isOpen) return;
      isOpen = true;
      const places = new Set(flows.map(({ name }) => name));
      for (const caller of callers.values()) goOn(caller, places.has(caller.record.id));
      for (const place of flows) if (!callers.has(place.name)) background(tell(place));
      for (const { id, queuecall_id } of book.duties()) if (queuecall_id !== null) floor.occupy(id, queuecall_id);
      look(book.ids());
      settle();
    },
    /** Whether the calls to an agent's phones for this caller are in use. */
    isAttended: (queuecallId: string): boolean => callers.get(queuecallId)?.attendance !== undefined,
    /** Frees agents whose caller is gone, their phones silent. For once after `open`. */
    freeAgents(): void {
      for (const { id, until_ms, queuecall_id, groupcall_id } of book.duties()) {
        if (queuecall_id === null || groupcall_id === null) continue;
        const hasCaller = callers.get(queuecall_id)?.attendance?.agentId === id;
        if (until_ms === null && !hasCaller) background(silence(groupcall_id).finally(() => wake(id)));
      }
    },
  };

  /** Stops ringing an agent. Who has answered already is not torn from the talk. */
  function withdraw(agentId: string): void {
    const caller = callers.get(floor.callerOf(agentId) ?? "");
    const attendance = caller?.attendance;
    if (attendance?.agentId === agentId && !attendance.answered) attendance.withdrawal.abort(new Error("agent left"));
  }

  /** Calls a flow whose place was lost before it could be told. */
  async function tell({ name, scope }: FlowPlace): Promise<void> {
    const stored = await store.get(name);
    if (stored && hasEnded(stored.status)) summon(callers.get(name) ?? register(stored, scope));
  }

  function goOn(caller: QueuedCaller, isIn: boolean): void {
    const { id, status } = caller.record;
    if (caller.signal.aborted) return;
    if (status === "kicking" || !isIn) {
      background(caller.end(status === "kicking" ? "kicked" : "left"));
      return;
    }
    // Whoever had not been put into the line is when its flow goes on.
    if (status === "initiating") return;
    stand(caller);
    if (status === "service") floor.serve(id);
    if (status !== "waiting") background(attendances.goOn(caller));
    if (caller.attendance) floor.engage(id, caller.attendance.agentId);
  }
}

/** Where a call's flow may be: waiting in the place of this id, or at the action that took it. */
export type FlowPlace = { readonly scope: CallScope; readonly name: string };

/** Endings after which no flow is there to be told. */
const WITHOUT_FLOW: ReadonlySet<string> = new Set(["hangup", "left"]);

const textOf = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));

const reasonOf = (caller: QueuedCaller): Pick<QueuecallOver, "ending"> =>
  caller.signal.reason instanceof QueuecallOver ? caller.signal.reason : { ending: "left" };

/** The time, a millisecond after the last one at least: lists go by it, and then have the order of the tickets. */
const timeAfter = (lastMs: number, nowMs: number): number =>
  lastMs - nowMs >= FARTHEST_AHEAD_MS ? nowMs : Math.max(nowMs, lastMs + 1);
