/**
 * Which caller an agent gets next. Pure.
 *
 * 1. Callers are served in the order of their tickets, whatever queue they are in.
 * 2. A caller whom no free agent may take holds up those of the same queue, and nobody else.
 * 3. Nobody is left waiting while an agent is left who may take them.
 */
import type { RoutingMethod } from "../../model/queue.ts";

/** Callers of one queue whom nobody is being offered, oldest ticket first. */
export type Line = {
  readonly customerId: string;
  /** An agent needs one of these; none means that any agent will do. */
  readonly tagIds: readonly string[];
  readonly method: RoutingMethod;
  readonly waiting: readonly { readonly id: string; readonly ticket: number }[];
};

export type FreeAgent = {
  readonly id: string;
  readonly customerId: string;
  readonly tagIds: readonly string[];
  readonly freeSinceMs: number;
};

export type Pair = { readonly callerId: string; readonly agentId: string };

/** Pairs callers and agents, each at most once. `random` is from 0 up to, not including, 1. */
export function match(lines: readonly Line[], agents: readonly FreeAgent[], random: () => number): readonly Pair[] {
  const free = new Set(agents);
  const served = new Map(lines.map((line) => [line, 0]));
  const pairs: Pair[] = [];
  for (let line = next(served); line && free.size > 0; line = next(served)) {
    const index = served.get(line) ?? 0;
    const caller = line.waiting[index];
    const agent = choose(
      [...free].filter((one) => mayTake(one, line)),
      line.method,
      random,
    );
    if (!caller || !agent) {
      served.delete(line);
      continue;
    }
    pairs.push({ callerId: caller.id, agentId: agent.id });
    free.delete(agent);
    served.set(line, index + 1);
  }
  return pairs;
}

/** Whether an agent may take the callers of a queue. */
export const mayTake = (
  agent: Pick<FreeAgent, "customerId" | "tagIds">,
  { customerId, tagIds }: Pick<Line, "customerId" | "tagIds">,
): boolean =>
  agent.customerId === customerId && (tagIds.length === 0 || tagIds.some((tag) => agent.tagIds.includes(tag)));

/** The line whose next caller came first; `served` tells how many of each have been. */
function next(served: ReadonlyMap<Line, number>): Line | undefined {
  let first: Line | undefined;
  let oldest = Number.POSITIVE_INFINITY;
  for (const [line, index] of served) {
    const ticket = line.waiting[index]?.ticket ?? Number.POSITIVE_INFINITY;
    if (ticket < oldest) [first, oldest] = [line, ticket];
  }
  return first;
}

function choose(agents: readonly FreeAgent[], method: RoutingMethod, random: () => number): FreeAgent | undefined {
  if (method === "random") return agents[Math.floor(random() * agents.length)];
  return agents.reduce<FreeAgent | undefined>(
    (longest, agent) => (longest && longest.freeSinceMs <= agent.freeSinceMs ? longest : agent),
    undefined,
  );
}
