import fc from "fast-check";
import { expect, test } from "vitest";
import type { Address } from "../../../src/model/address.ts";
import type { Agent } from "../../../src/model/agent.ts";
import { hasEnded } from "../../../src/model/queuecall.ts";
import { type CallCentre, openCallCentre } from "./call-centre.ts";
import { turns } from "./fake-clock.ts";

const CALLERS = 12;
const nth = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

const phoneOf = (index: number): Address => ({ type: "sip", target: `sip:agent${index}@pbx.example` });

type Scene = { readonly centre: CallCentre; readonly queueIds: readonly string[]; readonly agents: readonly Agent[] };

/** What may happen, to one of those it can happen to; `callers` counts those who have come. */
const EVENTS: Readonly<Record<string, (scene: Scene, which: number) => unknown>> = {
  arrive({ centre, queueIds }, which) {
    const count = centre.callers().length;
    if (count < CALLERS) centre.arrive(nth(queueIds, which) ?? "", `caller ${count}`);
  },
  hangUp({ centre }, which) {
    const caller = nth(
      centre.callers().filter(({ isUp }) => isUp),
      which,
    );
    if (caller) centre.hangUp(caller.id);
  },
  answer({ centre }, which) {
    const ring = nth(centre.ringing(), which);
    if (ring) centre.answer(ring);
  },
  /** Nobody answers, or whoever talks hangs up. */
  end({ centre }, which) {
    const ring = nth([...centre.ringing(), ...centre.talking()], which);
    if (ring) centre.end(ring);
  },
  status: ({ centre, agents }, which) => {
    const agent = nth(agents, which);
    if (agent) return centre.setStatus(agent, which % 3 === 0 ? "away" : "available");
  },
  kick({ centre }, which) {
    const place = nth([...centre.kept.queuecalls.values()], which);
    if (place) return centre.queues.kick(place.id);
  },
  goElsewhere({ centre }, which) {
    const isAway = (callId: string) => centre.flowOf(callId).at === "wait flow";
    const places = [...centre.kept.queuecalls.values()].filter(({ reference_id }) => isAway(reference_id));
    const place = nth(places, which);
    if (!place) return;
    centre.flowOf(place.reference_id).at = "end";
    centre.queues.flowLeft(place.id);
  },
  otherCall({ centre, agents }, which) {
    const phone = nth(agents, which)?.addresses[0];
    if (phone) centre.otherCall(phone, which % 2 === 0 ? "incoming" : "outgoing");
  },
  endOther({ centre }, which) {
    const id = nth(centre.otherCalls(), which);
    if (id) centre.endOther(id);
  },
  pass: ({ centre }, which) => centre.time.pass(which * 200),
  restart: ({ centre }) => centre.restart(),
};

const event = fc.record({
  what: fc.constantFrom("arrive", "arrive", "answer", "end", ...Object.keys(EVENTS)),
  which: fc.nat(40),
  /** Turns of the event loop until the next one: what was begun may be half done then. */
  turns: fc.constantFrom(0, 0, 1, 2, 3, 40),
});

async function open(): Promise<Scene> {
  const centre = await openCallCentre();
  const queues = [
    await centre.queue({ tag_ids: ["s"], rest_time: 1_000, wrap_up_time: 500, wait_timeout: 20_000 }),
    await centre.queue({ tag_ids: [], rest_time: 2_000, service_timeout: 10_000 }),
    await centre.queue({ tag_ids: ["t"], wait_flow_id: null }),
  ];
  const tags = [["s"], ["t"], ["s", "t"], []];
  const agents = await Promise.all(
    tags.map((tag_ids, index) => centre.agent(`agent ${index}`, { tag_ids, addresses: [phoneOf(index)] })),
  );
  return { centre, queueIds: queues.map(({ id }) => id), agents };
}

/** Whoever is still there is served: nobody has been forgotten, and nobody is busy with nothing. */
async function expectAllServed({ centre, agents }: Scene): Promise<void> {
  const isDone = () => [...centre.kept.queuecalls.values()].every(({ status }) => hasEnded(status));
  for (const id of centre.otherCalls()) centre.endOther(id);
  for (const agent of agents) await centre.setStatus(agent, "available");
  for (let round = 0; round < 60 && !isDone(); round += 1) {
    await centre.time.pass(600);
    for (const ring of centre.ringing()) centre.answer(ring);
    await centre.time.pass(100);
    for (const ring of centre.talking()) centre.end(ring);
  }
  await centre.time.pass(20_000);
  const places = [...centre.kept.queuecalls.values()];
  expect(places.filter(({ status }) => !hasEnded(status))).toEqual([]);
  expect(centre.callers().filter(({ flow }) => flow.at !== "end")).toEqual([]);
  expect(agents.map((agent) => centre.statusOf(agent))).toEqual(agents.map(() => "available"));
  const left = [...centre.kept.duties, ...centre.bridges];
  expect([centre.ringing(), centre.talking(), left]).toEqual([[], [], []]);
  for (const queue of centre.kept.queues.values()) {
    const ofQueue = places.filter(({ queue_id }) => queue_id === queue.id);
    expect([queue.total_incoming_count, queue.total_serviced_count, queue.total_abandoned_count]).toEqual([
      ofQueue.length,
      ofQueue.filter(({ status }) => status === "done").length,
      ofQueue.filter(({ status }) => status === "abandoned").length,
    ]);
  }
}

test("whatever happens, and whenever we die: one caller to one agent, and nobody is forgotten", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const scene = await open();
      for (const { what, which, turns: count } of events) {
        const happening = EVENTS[what]?.(scene, which);
        if (what === "restart") await happening;
        await turns(count);
      }
      await scene.centre.settle();
      // That nobody is rung for two, and nobody has two ringing for them, is checked at each ring.
      expect(scene.centre.failures).toEqual([]);
      await expectAllServed(scene);
      expect(scene.centre.failures).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);
