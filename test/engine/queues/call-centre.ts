/**
 * Queues at work: real ones, and the real action, on a switch, a store and a clock that are none. A process can die at any
 * moment: what it had asked for and not yet got is lost, what the switch has goes on.
 */
import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { expect } from "vitest";
import queueJoin from "../../../src/actions/queue_join.ts";
import { type CallScope, createCallScope } from "../../../src/engine/call-scope.ts";
import { createCallSounds } from "../../../src/engine/call-sound.ts";
import type { AgentRing, RingAgent } from "../../../src/engine/queues/attendances.ts";
import { queueingOf } from "../../../src/engine/queues/queueing.ts";
import { createQueues, type Queues } from "../../../src/engine/queues/queues.ts";
import { watchedStores } from "../../../src/engine/queues/watched-stores.ts";
import type { Memo } from "../../../src/flow/action.ts";
import type { Address } from "../../../src/model/address.ts";
import type { Agent, AgentStatus } from "../../../src/model/agent.ts";
import type { Call } from "../../../src/model/call.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { Queue } from "../../../src/model/queue.ts";
import type { Storage } from "../../../src/ports/storage.ts";
import { sampleAgent, sampleCall, sampleQueue } from "../../contract/storage-samples.ts";
import { fakeClock, MANY_TURNS, mortal, turns } from "./fake-clock.ts";
import { memoryStore } from "./memory-store.ts";

const CUSTOMER = "aaaaaaaa-0000-4000-8000-000000000001";
const WAIT_FLOW = "ffffffff-0000-4000-8000-000000000001";

/** One agent's phone, rung for one caller. */
type Ring = { readonly groupId: string; readonly agentId: string; readonly callerId: string; state: RingState };
type RingState = "ringing" | "answered" | "over";

/** A caller's flow: its one action is to join the queue. */
type Flow = {
  readonly queueId: string;
  readonly memos: Map<string, JsonValue>;
  again: JsonValue | undefined;
  at: "action" | "wait flow" | "end";
  readonly variables: Map<string, string>;
};
type Caller = { readonly id: string; readonly flow: Flow; isUp: boolean };

/** What one process has of the world. */
type Process = {
  isAlive: boolean;
  readonly queues: Queues;
  readonly stores: Pick<Storage, "agents" | "queues">;
  readonly scopes: Map<string, CallScope>;
  /** Steps of flows that run. */
  readonly steps: Map<string, AbortController>;
};

export type CallCentre = Awaited<ReturnType<typeof openCallCentre>>;

export async function openCallCentre({ random = () => 0 }: { readonly random?: () => number } = {}) {
  const kept = memoryStore();
  const rings: Ring[] = [];
  const callers = new Map<string, Caller>();
  /** Calls that no queue has made, by id: who is called, or calls. */
  const otherCalls = new Map<string, { readonly direction: Call["direction"]; readonly party: Address }>();
  const bridges = new Set<string>();
  const log: string[] = [];
  const failures: unknown[] = [];
  const time = fakeClock();
  const { clock } = time;
  let process: Process;

  function scopeOf(owner: () => Process, id: string): CallScope {
    const known = owner().scopes.get(id);
    if (known) return known;
    const call = sampleCall({ id, channel_id: id, customer_id: CUSTOMER, status: "progressing" });
    const calls = { save: async () => {} } as unknown as Storage["calls"];
    const scope = createCallScope(call, { calls, clock, background: () => {} });
    owner().scopes.set(id, scope);
    return scope;
  }

  function beginOther(own: Process, id: string): void {
    const other = otherCalls.get(id);
    if (!other) return;
    const { direction, party } = other;
    const parties = direction === "incoming" ? { source: party } : { destination: party };
    const call = sampleCall({ id, channel_id: id, customer_id: CUSTOMER, direction, groupcall_id: null, ...parties });
    const calls = { save: async () => {} } as unknown as Storage["calls"];
    const scope = createCallScope(call, { calls, clock, background: () => {} });
    own.scopes.set(id, scope);
    own.queues.callBegan(scope);
  }

  const nameOf = (id: string) => kept.agents.get(id)?.name ?? id;
  const liveRings = () => rings.filter(({ state }) => state !== "over");

  /** Rings, or finds what rings: nobody may be rung twice, or for two. */
  const ringFor =
    (owner: () => Process): RingAgent =>
    async ({ groupId, agentId, caller }) => {
      await turns(1);
      if (!owner().isAlive) return new Promise(() => {});
      const found = rings.find((one) => one.groupId === groupId);
      const ring = found ?? startRing(groupId, agentId, caller.call.id);
      return handleOf(owner, ring);
    };

  function startRing(groupId: string, agentId: string, callerId: string): Ring {
    expect(liveRings().filter((one) => one.agentId === agentId)).toEqual([]);
    expect(liveRings().filter((one) => one.callerId === callerId)).toEqual([]);
    const ring: Ring = { groupId, agentId, callerId, state: "ringing" };
    rings.push(ring);
    log.push(`${nameOf(agentId)} rings for ${callerId}`);
    return ring;
  }

  function handleOf(owner: () => Process, ring: Ring): AgentRing {
    return {
      async decided(signal) {
        await time.until(() => ring.state !== "ringing", signal);
        if (ring.state === "answered") return { kind: "answered", scope: scopeOf(owner, ring.groupId) };
        return { kind: "failed" };
      },
      async cancel() {
        await turns(1);
        if (owner().isAlive) end(ring);
      },
    };
  }

  function end(ring: Ring): void {
    if (ring.state === "over") return;
    ring.state = "over";
    log.push(`${nameOf(ring.agentId)} is free of ${ring.callerId}`);
    process.scopes.get(ring.groupId)?.left(16);
    time.notify();
  }

  function start(): Process {
    const owner = (): Process => own;
    const isAlive = (): boolean => own.isAlive;
    const storage = kept.open(isAlive);
    const closing = new AbortController();
    const background = (work: Promise<unknown>) => {
      work.catch((error: unknown) => {
        if (own.isAlive) failures.push(error);
      });
    };
    const queues = createQueues({
      storage: storage as Storage,
      ring: ringFor(owner),
      async silence(groupId) {
        await turns(1);
        const ring = rings.find((one) => one.groupId === groupId);
        if (owner().isAlive && ring) end(ring);
      },
      interrupt(callId, list) {
        const { flow } = callers.get(callId) ?? {};
        if (!own.isAlive || flow?.at !== "wait flow" || flow.memos.get("queuecall_id") !== list) return false;
        background(runAction(owner, callId));
        return true;
      },
      clock: mortal(clock, isAlive),
      ids: { next: randomUUID },
      random,
      log: pino({ level: "silent" }),
      background,
      closing: closing.signal,
    });
    const own: Process = {
      isAlive: true,
      queues,
      stores: watchedStores(storage, queues),
      scopes: new Map(),
      steps: new Map(),
    };
    return own;
  }

  /** The action of a caller's flow, as often as it runs. */
  async function runAction(owner: () => Process, callId: string): Promise<void> {
    const own = owner();
    const caller = callers.get(callId);
    if (!caller) return;
    const { flow } = caller;
    flow.at = "action";
    const scope = scopeOf(owner, callId);
    const memo: Memo = async (key, make) => {
      if (!flow.memos.has(key)) flow.memos.set(key, await make());
      return flow.memos.get(key) as Awaited<ReturnType<typeof make>>;
    };
    const queues = queueingOf({
      queues: own.queues,
      scope,
      activeflowId: callId,
      bridges: bridgesOf(own),
      sounds: createCallSounds({
        startMusic: async () => void log.push(`${callId} hears music`),
        stopMusic: async () => {},
      } as never),
      clock: mortal(clock, () => own.isAlive),
      ids: { next: randomUUID },
      background: (work) => void work.catch(() => {}),
    });
    const ports = {
      call: { answer: async () => {} },
      clock: mortal(clock, () => own.isAlive),
      flows: { find: async (id: string) => (id === WAIT_FLOW ? { actions: [{ type: "play" }] } : undefined) },
      queues,
      variables: variablesOf(flow, () => computedOf(own, scope)),
    };
    try {
      const step = { option: { queue_id: flow.queueId }, stepId: callId, startedAtMs: 0, again: flow.again, memo };
      const outcome = await queueJoin.run?.({ ...ports, ...step, signal: scope.signal } as never);
      if (!own.isAlive) return;
      if (outcome?.kind !== "fork") {
        flow.at = "end";
        log.push(`${callId} goes on: ${flow.variables.get("voipbin.queuecall.end_reason")}`);
        return;
      }
      flow.again = outcome.again?.value;
      await turns(1);
      if (own.isAlive && caller.isUp) flow.at = "wait flow";
    } catch (error) {
      if (!own.isAlive || scope.signal.aborted) return;
      flow.at = "end";
      log.push(`${callId} goes on: ${String(error)}`);
    }
  }

  const bridgesOf = (own: Process) => ({
    open: async (id: string) => void (own.isAlive && bridges.add(id)),
    join: async () => {},
    leave: async () => {},
    members: async () => [],
    close: async (id: string) => void (own.isAlive && bridges.delete(id)),
  });

  process = start();

  async function restart(meanwhile = () => {}): Promise<void> {
    process.isAlive = false;
    meanwhile();
    // Of runs that ended while nobody was there.
    for (const id of bridges) if (callers.get(id.slice(0, id.indexOf(".")))?.flow.at === "end") bridges.delete(id);
    // What the dead process waited for goes nowhere.
    process = start();
    const next = process;
    for (const id of otherCalls.keys()) beginOther(next, id);
    const find = (id: string) => (callers.get(id)?.isUp ? scopeOf(() => next, id) : undefined);
    await next.queues.restore(find);
    next.queues.open(
      [...callers.values()].flatMap(({ id, flow, isUp }) => {
        const queuecallId = flow.memos.get("queuecall_id");
        const isIn = isUp && flow.at !== "end" && typeof queuecallId === "string";
        return isIn ? [{ scope: scopeOf(() => next, id), name: queuecallId }] : [];
      }),
    );
    next.queues.freeAgents();
    for (const { id, flow, isUp } of callers.values()) {
      if (isUp && flow.at === "action") void runAction(() => next, id).catch((error) => failures.push(error));
    }
  }

  /** A caller joins. */
  function arrive(queueId: string, id: string): void {
    const flow: Flow = { queueId, memos: new Map(), again: undefined, at: "action", variables: new Map() };
    callers.set(id, { id, flow, isUp: true });
    const own = process;
    void runAction(() => own, id).catch((error) => failures.push(error));
  }

  /** The stored place of a caller. */
  const placeOf = (id: string) => [...kept.queuecalls.values()].find(({ reference_id }) => reference_id === id);

  await process.queues.restore(() => undefined);
  process.queues.open([]);

  return {
    kept,
    log,
    failures,
    rings,
    bridges,
    time,
    /** Everything that has been set free runs. */
    settle: () => turns(MANY_TURNS),
    turns,
    async queue(changes: Partial<Queue> = {}): Promise<Queue> {
      const queue = sampleQueue({
        customer_id: CUSTOMER,
        tag_ids: [],
        routing_method: "fifo",
        wait_flow_id: WAIT_FLOW,
        wait_timeout: 0,
        ...changes,
      });
      await process.stores.queues.create(queue);
      return queue;
    },
    async agent(name: string, changes: Partial<Agent> = {}): Promise<Agent> {
      const agent = sampleAgent({ customer_id: CUSTOMER, name, tag_ids: [], status: "available", ...changes });
      await process.stores.agents.create(agent);
      return agent;
    },
    get stores() {
      return process.stores;
    },
    get queues() {
      return process.queues;
    },
    setStatus: (agent: Pick<Agent, "id">, status: AgentStatus) => process.stores.agents.update(agent.id, { status }),
    statusOf: ({ id }: Pick<Agent, "id">) => kept.agents.get(id)?.status,
    arrive,
    /** Callers join one after the other. */
    async arriveInTurn(queueId: string, ...ids: readonly string[]): Promise<void> {
      for (const id of ids) {
        arrive(queueId, id);
        await turns(MANY_TURNS);
      }
    },
    hangUp(id: string): void {
      const caller = callers.get(id);
      if (!caller) return;
      caller.isUp = false;
      caller.flow.at = "end";
      scopeOf(() => process, id).left(16);
    },
    /** A call that no queue makes, with this phone in it; the id of it. */
    otherCall(party: Address, direction: Call["direction"] = "outgoing"): string {
      const id = randomUUID();
      otherCalls.set(id, { direction, party });
      beginOther(process, id);
      return id;
    },
    otherCalls: () => [...otherCalls.keys()],
    endOther(id: string): void {
      otherCalls.delete(id);
      process.scopes.get(id)?.left(16);
    },
    flowOf: (id: string): Flow => callers.get(id)?.flow ?? expect.fail("a caller"),
    callers: () => [...callers.values()],
    computed: (id: string, name: string) =>
      computedOf(
        process,
        scopeOf(() => process, id),
      )[name]?.(),
    placeOf,
    /** How a caller's time in the queue ended. */
    ended: (id: string) => [placeOf(id)?.status, placeOf(id)?.end_reason],
    ringing: () => rings.filter(({ state }) => state === "ringing"),
    talking: () => rings.filter(({ state }) => state === "answered"),
    ringOf: (agent: Pick<Agent, "id">): Ring =>
      liveRings().find(({ agentId }) => agentId === agent.id) ?? expect.fail("nothing rings"),
    answer(ring: Ring): void {
      ring.state = "answered";
      log.push(`${nameOf(ring.agentId)} answers ${ring.callerId}`);
      time.notify();
    },
    /** The agent does not answer, or hangs up. */
    end,
    restart,
  };
}

const computedOf = (own: Process, scope: CallScope) => own.queues.variablesOf(scope);

const variablesOf = ({ variables }: Flow, computed: () => Readonly<Record<string, () => string | undefined>>) => ({
  get: (name: string) => computed()[name]?.() ?? variables.get(name),
  set: (name: string, value: string) => void variables.set(name, value),
  setAll(values: Iterable<readonly [string, string]>) {
    for (const [name, value] of values) variables.set(name, value);
  },
  remove(names: Iterable<string>) {
    for (const name of names) variables.delete(name);
  },
  all: () => Object.fromEntries(variables),
});
