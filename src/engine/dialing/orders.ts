/** Calls that are ordered, from outside or by a flow: alone, or as a group where somebody can be reached in several ways. */
import type { Address } from "../../model/address.ts";
import type { Call } from "../../model/call.ts";
import type { Groupcall } from "../../model/groupcall.ts";
import type { CallOrder, GroupcallOrder, PlacedCalls } from "../../ports/engine-control.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Storage } from "../../ports/storage.ts";
import type { Activeflows } from "../active-flows.ts";
import type { Calls } from "../calls.ts";
import type { Destinations } from "./destinations.ts";
import type { Groupcalls, GroupOrder } from "./groupcalls.ts";
import type { Legs } from "./legs.ts";

/** How long the other side may ring. */
const RING_MS = 60_000;

/** Where an order comes from, when a flow gave it. */
export type Origin = {
  readonly masterCallId: string | null;
  readonly chained: boolean;
  readonly hops: number;
  /** How many destinations are called at once. */
  readonly among: number;
  /** How many calls made before count as if they were made with these. */
  readonly before: number;
  /** An id for each destination: ordered again, what they name is found. */
  readonly ids: readonly string[];
};

type Services = {
  readonly storage: Storage;
  readonly activeflows: Activeflows;
  readonly calls: Calls;
  readonly legs: Legs;
  readonly groupcalls: Groupcalls;
  readonly destinations: Destinations;
  readonly ids: Ids;
};

export type Orders = ReturnType<typeof createOrders>;

export function createOrders({ storage, activeflows, calls, legs, groupcalls, destinations, ids }: Services) {
  const fromOutside = (count: number): Origin => ({
    masterCallId: null,
    chained: false,
    hops: 0,
    among: Math.max(1, count),
    before: 0,
    ids: Array.from({ length: count }, ids.next),
  });

  async function place(order: CallOrder, origin = fromOutside(order.destinations.length)): Promise<PlacedCalls> {
    activeflows.checkVariables(order.variables);
    const placed = await Promise.all(
      order.destinations.map((destination, index) => {
        const id = origin.ids[index] ?? ids.next();
        const one = { ...order, destinations: [destination], ringMethod: "ring_all" } as const;
        return isGroup(destination) ? placeGroup(one, origin, id) : placeOne(order, destination, origin, id);
      }),
    );
    return { calls: placed.flatMap((one) => one.calls), groupcalls: placed.flatMap((one) => one.groupcalls) };
  }

  async function placeOne(order: CallOrder, destination: Address, origin: Origin, id: string): Promise<PlacedCalls> {
    const existing = calls.find(id)?.call ?? (await storage.calls.get(id));
    const call = existing ?? (await startOne(order, destination, origin, id));
    return { calls: [call], groupcalls: [] };
  }

  async function startOne(order: CallOrder, destination: Address, origin: Origin, id: string): Promise<Call> {
    const { lines, source } = await destinations.plan([destination], order);
    const leg = lines[0]?.[0]?.[0];
    if (!leg) throw new TypeError("a destination that is no group has one leg");
    const whose = { customerId: order.customerId, source, groupcallId: null, ringMs: RING_MS };
    const among = origin.before + origin.among;
    return (await legs.start({ ...leg, ...whose, ...origin, among, callId: id, run: runOf(order) })).call;
  }

  async function placeGroup(order: GroupcallOrder, origin: Origin, id: string): Promise<PlacedCalls> {
    const { customerId, source, destinations: addresses, ringMethod } = order;
    const group: GroupOrder = {
      ...origin,
      id,
      customerId,
      source,
      destinations: addresses,
      ringMethod,
      ringMs: RING_MS,
      owner: null,
      run: runOf(order),
    };
    const ringing = await groupcalls.ring(group);
    await ringing.begun;
    return { calls: ringing.legs().map(({ call }) => call), groupcalls: [ringing.record] };
  }

  return {
    place,
    async placeGroup(order: GroupcallOrder): Promise<Groupcall> {
      activeflows.checkVariables(order.variables);
      const id = ids.next();
      await placeGroup(order, fromOutside(0), id);
      const ringing = await groupcalls.find(id);
      const record = ringing?.record ?? (await storage.groupcalls.get(id));
      if (!record) throw new TypeError("a group that was placed is stored");
      return record;
    },
    async hangupGroup(id: string): Promise<boolean> {
      const group = await groupcalls.find(id);
      await group?.cancel();
      return group !== undefined;
    },
  };
}

/** Those who may be reached in several ways. */
const isGroup = ({ type }: Address): boolean => type === "extension" || type === "agent";

const runOf = ({ flowId, actions, onCompleteFlowId, variables, earlyExecution }: CallOrder) => ({
  flowId,
  actions,
  onCompleteFlowId,
  variables,
  earlyExecution,
});
