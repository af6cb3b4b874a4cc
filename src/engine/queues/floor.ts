/**
 * Who waits and who is free. No I/O and no waiting: every change is done when its function returns.
 *
 * 1. An agent is engaged with one caller at most, from being paired until being released; a caller with one agent.
 * 2. Callers keep their ticket until they are served or leave; who is offered an agent in vain is back where it was.
 * 3. After `pair`, nobody is left waiting while an agent is free who may take them.
 */
import type { RoutingMethod } from "../../model/queue.ts";
import { type FreeAgent, type Line, match, type Pair } from "./matching.ts";

export type FloorQueue = {
  readonly id: string;
  readonly customerId: string;
  readonly tagIds: readonly string[];
  readonly method: RoutingMethod;
};

export type FloorAgent = {
  readonly id: string;
  readonly customerId: string;
  readonly tagIds: readonly string[];
  /** Wants calls, as far as its user has said. */
  readonly isAvailable: boolean;
};

export type FloorCaller = { readonly id: string; readonly queueId: string; readonly ticket: number };

/** A caller, and the agent that it is paired with. */
type Place = FloorCaller & { agentId: string | undefined };
type Desk = { readonly agent: FloorAgent; readonly callerId: string | undefined; readonly freeSinceMs: number };

export type Floor = ReturnType<typeof createFloor>;

export function createFloor(random: () => number) {
  const queues = new Map<string, FloorQueue>();
  /** Callers who wait, by queue, oldest ticket first. */
  const lines = new Map<string, Place[]>();
  const places = new Map<string, Place>();
  const desks = new Map<string, Desk>();

  const freeAgents = (): FreeAgent[] =>
    [...desks.values()].filter(isFree).map(({ agent, freeSinceMs }) => ({ ...agent, freeSinceMs }));

  const openLines = (): Line[] =>
    [...lines].flatMap(([queueId, line]) => {
      const queue = queues.get(queueId);
      const waiting = line.filter(({ agentId }) => agentId === undefined);
      return queue && waiting.length > 0 ? [{ ...queue, waiting }] : [];
    });

  function engage(callerId: string, agentId: string): void {
    const place = places.get(callerId);
    if (place) place.agentId = agentId;
    occupy(agentId, callerId);
  }

  function occupy(agentId: string, callerId: string): void {
    const desk = desks.get(agentId);
    if (desk) desks.set(agentId, { ...desk, callerId });
  }

  function leaveLine(callerId: string): void {
    const place = places.get(callerId);
    if (!place) return;
    const line = lines.get(place.queueId)?.filter(({ id }) => id !== callerId) ?? [];
    if (line.length > 0) lines.set(place.queueId, line);
    else lines.delete(place.queueId);
  }

  return {
    /** A queue as it is now. */
    putQueue: (queue: FloorQueue): void => void queues.set(queue.id, queue),
    removeQueue: (queueId: string): void => void queues.delete(queueId),
    /** An agent as it is now. Who has just become available counts as free since then. */
    putAgent(agent: FloorAgent, nowMs: number): void {
      const known = desks.get(agent.id);
      const freeSinceMs = known?.agent.isAvailable ? known.freeSinceMs : nowMs;
      desks.set(agent.id, { callerId: known?.callerId, agent, freeSinceMs });
    },
    removeAgent: (agentId: string): void => void desks.delete(agentId),
    /** Puts a caller in line, where its ticket belongs. */
    join(caller: FloorCaller): void {
      const place = { ...caller, agentId: undefined };
      places.set(caller.id, place);
      const line = lines.get(caller.queueId) ?? [];
      const before = line.findLastIndex(({ ticket }) => ticket < caller.ticket);
      lines.set(caller.queueId, line.toSpliced(before + 1, 0, place));
    },
    /** Pairs whom it can; each pair is engaged. */
    pair(): readonly Pair[] {
      const agents = freeAgents();
      const pairs = agents.length > 0 ? match(openLines(), agents, random) : [];
      for (const { callerId, agentId } of pairs) engage(callerId, agentId);
      return pairs;
    },
    /** As `pair` does for one: for pairs that were made before. */
    engage,
    /** The agent is not free yet after a caller who has no agent any more. */
    occupy,
    /** The caller waits again for any agent; the one it was paired with stays engaged until it is released. */
    waitAgain(callerId: string): void {
      const place = places.get(callerId);
      if (place) place.agentId = undefined;
    },
    /** The caller talks, and waits no longer. */
    serve: leaveLine,
    /** The caller is gone; its agent stays engaged until it is released. */
    leave(callerId: string): void {
      leaveLine(callerId);
      places.delete(callerId);
    },
    /** The agent has nobody any more, and is free if it wants callers. */
    release(agentId: string, nowMs: number): void {
      const desk = desks.get(agentId);
      if (desk) desks.set(agentId, { ...desk, callerId: undefined, freeSinceMs: nowMs });
    },
    /** Whom the agent is engaged with. */
    callerOf: (agentId: string): string | undefined => desks.get(agentId)?.callerId,
    /** 1 for who is next in its queue; undefined for who does not wait. */
    positionOf(callerId: string): number | undefined {
      const place = places.get(callerId);
      const index = place ? (lines.get(place.queueId)?.indexOf(place) ?? -1) : -1;
      return index < 0 ? undefined : index + 1;
    },
  };
}

const isFree = ({ agent, callerId }: Desk): boolean => agent.isAvailable && callerId === undefined;
