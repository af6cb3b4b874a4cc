/** Which action can follow which. Nodes are indexes in the list; the number after the last is the end. */
import { NIL_UUID } from "../model/identifier.ts";
import { type CheckedAction, goesOn, jumpsAnywhere, targetsOf } from "./checked-action.ts";

export type Graph = {
  readonly end: number;
  /** What can follow each action; empty when nothing can. */
  readonly following: readonly (readonly number[])[];
};

/** The graph of a list whose targets all exist. */
export function graphOf(list: readonly CheckedAction[]): Graph {
  const end = list.length;
  const indexOf = new Map(list.map(({ action }, index) => [action.id, index]));
  const everywhere = Array.from({ length: end + 1 }, (_, index) => index);
  const following = list.map((checked, index) => {
    if (jumpsAnywhere(checked)) return everywhere;
    const { next_id } = checked.action;
    const after = next_id && next_id !== NIL_UUID ? (indexOf.get(next_id) ?? end) : index + 1;
    const jumps = targetsOf(checked).map(([, id]) => indexOf.get(id) ?? end);
    return [...new Set([...jumps, ...(goesOn(checked) ? [after] : [])])];
  });
  return { end, following };
}

/** The actions that can run, from the first on; none beyond one that `stopsAt`. */
export function reachable(graph: Graph, stopsAt: (index: number) => boolean = () => false): ReadonlySet<number> {
  const reached = new Set<number>(graph.end > 0 ? [0] : []);
  // A set grows while it is walked, which visits each node once.
  for (const index of reached) {
    if (stopsAt(index)) continue;
    for (const follower of graph.following[index] ?? []) if (follower < graph.end) reached.add(follower);
  }
  return reached;
}

/** Loops that can't be left: each the actions of one, in order. */
export function endlessLoops(graph: Graph): readonly (readonly number[])[] {
  const groups = loopGroups(graph);
  const groupOf = new Map(groups.flatMap((group, number) => group.map((index) => [index, number] as const)));
  return groups.filter((group, number) =>
    group.every((index) => {
      const followers = graph.following[index] ?? [];
      return followers.length > 0 && followers.every((follower) => groupOf.get(follower) === number);
    }),
  );
}

/**
 * Groups of actions each of which can be reached from each other of its group (Tarjan's strongly connected
 * components), with a stack of our own, because a long list would exhaust the machine's.
 */
function loopGroups({ end, following }: Graph): readonly (readonly number[])[] {
  const groups: number[][] = [];
  const order = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  for (let start = 0; start < end; start++) {
    if (!order.has(start)) visit(start);
  }
  return groups;

  function enter(index: number) {
    order.set(index, order.size);
    lowest.set(index, order.size - 1);
    open.push(index);
    isOpen.add(index);
    return { index, followers: (following[index] ?? []).values() };
  }

  function visit(start: number): void {
    const path = [enter(start)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: follower, done } = top.followers.next();
      if (!done && follower < end) {
        if (!order.has(follower)) path.push(enter(follower));
        else if (isOpen.has(follower)) lower(top.index, order.get(follower));
      }
      if (!done) continue;
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(parent.index, lowest.get(top.index));
      if (lowest.get(top.index) === order.get(top.index)) groups.push(close(top.index));
    }
  }

  function lower(index: number, to = Number.POSITIVE_INFINITY): void {
    lowest.set(index, Math.min(lowest.get(index) ?? to, to));
  }

  function close(index: number): number[] {
    const group = open.splice(open.indexOf(index));
    for (const member of group) isOpen.delete(member);
    return group.sort((left, right) => left - right);
  }
}
