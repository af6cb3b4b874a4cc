/**
 * Groups of calls that ring for one purpose.
 *
 * 1. The first call that answers wins, decided once and in one place; the others are hung up as answered elsewhere.
 * 2. A group is stored, with the ids of all its calls, before any of them: asked for again it is found, after a crash too.
 * 3. It ends when nobody has answered, when who answered is gone, when its owner lets go of it, or, chained, with its master.
 */
import type { Address } from "../../model/address.ts";
import type { Groupcall, GroupLine, GroupRun } from "../../model/groupcall.ts";
import type { RingMethod } from "../../model/ring-method.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Destinations } from "./destinations.ts";
import { type Group, type GroupServices, startGroup } from "./group.ts";
import { checkHops, comingBack } from "./hops.ts";

export type GroupOrder = {
  /** Asked for again under the same id, the group is found. */
  readonly id: string;
  readonly customerId: string;
  readonly source: Address;
  readonly destinations: readonly Address[];
  readonly ringMethod: RingMethod;
  readonly ringMs: number;
  readonly masterCallId: string | null;
  readonly chained: boolean;
  readonly hops: number;
  /** How many such orders are given at once. */
  readonly among?: number;
  /** How many calls made before count as if they were made with these. */
  readonly before?: number;
  /** Who does something with whoever answers: the id of a step, or a name of its own; null when the calls have runs. */
  readonly owner: string | null;
  readonly run: GroupRun | null;
};

type Services = GroupServices & { readonly destinations: Destinations; readonly clock: Clock };

export type Groupcalls = ReturnType<typeof createGroupcalls>;

export function createGroupcalls(services: Services) {
  const { storage, destinations, clock, background } = services;
  const groups = new Map<string, Promise<Group>>();

  function keep(id: string, made: Promise<Group>): Promise<Group> {
    groups.set(id, made);
    const forget = () => void groups.delete(id);
    background(made.then(({ ended }) => ended).finally(forget));
    return made;
  }

  async function findOrMake(order: GroupOrder): Promise<Group> {
    const known = await storage.groupcalls.get(order.id);
    return startGroup(known ?? (await make(order)), services, { resumed: known !== undefined });
  }

  async function make(order: GroupOrder): Promise<Groupcall> {
    const { lines, source } = await destinations.plan(order.destinations, order);
    const inTurn = order.ringMethod === "linear" ? [lines.flat()] : lines;
    const record = recordOf({ ...order, source }, inTurn, clock.now());
    await storage.groupcalls.create(record);
    return record;
  }

  return {
    /** Makes the group and lets it ring, or finds it; resolves when it is stored. Rejects with a DialLoopError. */
    async ring(order: GroupOrder): Promise<Group> {
      if (order.hops > 0) checkHops(order.hops - 1, order.destinations);
      return groups.get(order.id) ?? keep(order.id, findOrMake(order));
    },
    find: (id: string): Promise<Group> | undefined => groups.get(id),
    /**
     * Takes back what an earlier process left: groups whose calls have runs ring on; those of an owner are found when it
     * asks for them, and end when there is no such owner any more.
     */
    async restore(records: readonly Groupcall[], isOwner: (name: string) => boolean): Promise<void> {
      for (const record of records) {
        if (groups.has(record.id) || (record.owner !== null && isOwner(record.owner))) continue;
        const isOver = record.owner !== null || record.status === "hangingup";
        const left = isOver ? { ...record, status: "hangingup" as const } : record;
        const group = await keep(record.id, Promise.resolve(startGroup(left, services, { resumed: true })));
        if (isOver) background(group.cancel());
      }
    },
  };
}

function recordOf(order: GroupOrder, lines: readonly GroupLine[], nowMs: number): Groupcall {
  const now = new Date(nowMs).toISOString();
  return {
    id: order.id,
    customer_id: order.customerId,
    status: "progressing",
    flow_id: order.run?.flowId ?? null,
    source: order.source,
    destinations: order.destinations,
    master_call_id: order.masterCallId,
    ring_method: order.ringMethod,
    answer_method: "hangup_others",
    answer_call_id: null,
    call_ids: [],
    call_count: lines.flat(2).length,
    tm_create: now,
    tm_update: now,
    lines,
    ring_ms: order.ringMs,
    hops: order.hops,
    among: (order.before ?? 0) + (order.among ?? 1) * Math.max(1, comingBack(lines)),
    chained: order.chained,
    owner: order.owner,
    run: order.run,
  };
}
