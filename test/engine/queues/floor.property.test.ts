import fc from "fast-check";
import { expect, test } from "vitest";
import { createFloor, type Floor, type FloorQueue } from "../../../src/engine/queues/floor.ts";
import { mayTake } from "../../../src/engine/queues/matching.ts";

const QUEUES: readonly FloorQueue[] = [
  { id: "sales", customerId: "anna", tagIds: ["s"], method: "fifo" },
  { id: "support", customerId: "anna", tagIds: ["t", "u"], method: "random" },
  { id: "any", customerId: "anna", tagIds: [], method: "fifo" },
  { id: "bert's", customerId: "bert", tagIds: [], method: "fifo" },
];
const AGENTS = [
  { id: "a", customerId: "anna", tagIds: ["s"] },
  { id: "b", customerId: "anna", tagIds: ["s", "t"] },
  { id: "c", customerId: "anna", tagIds: ["u"] },
  { id: "d", customerId: "bert", tagIds: ["s"] },
  { id: "e", customerId: "anna", tagIds: [] },
];

/** What is so, kept in the plainest way. */
type Caller = {
  readonly id: string;
  readonly queueId: string;
  readonly ticket: number;
  agentId?: string;
  talks: boolean;
};
type Agent = (typeof AGENTS)[number] & { isAvailable: boolean; isEngaged: boolean };
type World = { callers: Caller[]; agents: Agent[]; tickets: number; nowMs: number };

const nth = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** What may happen to whom; `which` chooses among those it can happen to. */
const EVENTS = {
  join({ callers, tickets }, floor, which) {
    const caller = { id: `caller ${tickets}`, queueId: nth(QUEUES, which)?.id ?? "", ticket: tickets, talks: false };
    callers.push(caller);
    floor.join(caller);
  },
  /** A waiting caller hangs up, is kicked, or has waited for too long; its agent's phones have yet to fall silent. */
  leave(world, floor, which) {
    const caller = nth(world.callers, which);
    if (!caller) return;
    world.callers = world.callers.filter((other) => other !== caller);
    floor.leave(caller.id);
  },
  answer({ callers }, floor, which) {
    const caller = nth(
      callers.filter(({ agentId, talks }) => agentId !== undefined && !talks),
      which,
    );
    if (!caller) return;
    caller.talks = true;
    floor.serve(caller.id);
  },
  /** Nobody answers, or the agent logs out: the agent has yet to rest. */
  waitAgain({ callers }, floor, which) {
    const caller = nth(
      callers.filter(({ agentId, talks }) => agentId !== undefined && !talks),
      which,
    );
    if (!caller) return;
    delete caller.agentId;
    floor.waitAgain(caller.id);
  },
  /** An agent who has no caller any more has rested. */
  release({ agents, callers, nowMs }, floor, which) {
    const agent = nth(
      agents.filter(({ id, isEngaged }) => isEngaged && !callers.some(({ agentId }) => agentId === id)),
      which,
    );
    if (!agent) return;
    agent.isEngaged = false;
    floor.release(agent.id, nowMs);
  },
  changeStatus({ agents, nowMs }, floor, which) {
    const agent = nth(agents, which);
    if (!agent) return;
    agent.isAvailable = !agent.isAvailable;
    floor.putAgent(agent, nowMs);
  },
} satisfies Record<string, (world: World, floor: Floor, which: number) => void>;

const event = fc.record({
  // Callers come more often than anything else, so that lines form.
  what: fc.constantFrom("join", "join", ...Object.keys(EVENTS), "restart"),
  which: fc.nat(50),
});

/** The same world in a new process: callers are found in any order. */
function restarted({ callers, agents, nowMs }: World, which: number): Floor {
  const floor = openFloor(which);
  for (const agent of agents) floor.putAgent(agent, nowMs);
  const found = which % 2 === 0 ? callers : callers.toReversed();
  for (const { agentId, talks, ...caller } of found) {
    floor.join(caller);
    if (talks) floor.serve(caller.id);
    if (agentId !== undefined) floor.engage(caller.id, agentId);
  }
  for (const { id, isEngaged } of agents) if (isEngaged && floor.callerOf(id) === undefined) floor.engage("gone", id);
  return floor;
}

function openFloor(seed: number): Floor {
  const floor = createFloor(() => (seed % 10) / 10);
  for (const queue of QUEUES) floor.putQueue(queue);
  return floor;
}

const queueOf = ({ queueId }: Caller) => QUEUES.find(({ id }) => id === queueId) ?? expect.fail("a queue");
const isFree = ({ isAvailable, isEngaged }: Agent) => isAvailable && !isEngaged;
const waiting = ({ callers }: World) => callers.filter(({ agentId }) => agentId === undefined);

/** Lets the floor pair whom it can, and checks each pair against the plain truth. */
function pairAndCheck(world: World, floor: Floor): void {
  for (const { callerId, agentId } of floor.pair()) {
    const caller = world.callers.find(({ id }) => id === callerId) ?? expect.fail("a pair with nobody");
    const agent = world.agents.find(({ id }) => id === agentId) ?? expect.fail("a pair with nobody");
    expect(caller.agentId).toBeUndefined();
    expect(isFree(agent)).toBe(true);
    expect(mayTake(agent, queueOf(caller))).toBe(true);
    const passedOver = waiting(world).filter((other) => other.ticket < caller.ticket && mayTake(agent, queueOf(other)));
    expect(passedOver).toEqual([]);
    caller.agentId = agentId;
    agent.isEngaged = true;
  }
  const starving = waiting(world).filter((caller) =>
    world.agents.some((agent) => isFree(agent) && mayTake(agent, queueOf(caller))),
  );
  expect(starving).toEqual([]);
}

function checkPositions({ callers }: World, floor: Floor): void {
  for (const { id: queueId } of QUEUES) {
    const line = callers.filter((caller) => caller.queueId === queueId && !caller.talks);
    const inOrder = line.toSorted((one, other) => one.ticket - other.ticket);
    expect(inOrder.map(({ id }) => floor.positionOf(id))).toEqual(inOrder.map((_, index) => index + 1));
  }
  for (const { id, talks } of callers) if (talks) expect(floor.positionOf(id)).toBeUndefined();
}

test("whatever comes in whatever order: one caller to one agent, in order, and nobody waits for a free agent", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), fc.nat(50), (events, seed) => {
      const agents = AGENTS.map((agent) => ({ ...agent, isAvailable: true, isEngaged: false }));
      const world: World = { callers: [], agents, tickets: 0, nowMs: 0 };
      let floor = openFloor(seed);
      for (const agent of world.agents) floor.putAgent(agent, 0);
      for (const { what, which } of events) {
        world.tickets += 1;
        world.nowMs += 1;
        if (what === "restart") floor = restarted(world, which);
        else EVENTS[what as keyof typeof EVENTS](world, floor, which);
        pairAndCheck(world, floor);
        checkPositions(world, floor);
        const engaged = world.callers.flatMap(({ agentId }) => agentId ?? []);
        expect(new Set(engaged).size).toBe(engaged.length);
      }
    }),
    { numRuns: 500 },
  );
});
