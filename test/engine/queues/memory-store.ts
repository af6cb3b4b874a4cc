import type { Agent } from "../../../src/model/agent.ts";
import type { AgentDuty } from "../../../src/model/agent-duty.ts";
import type { Queue } from "../../../src/model/queue.ts";
import { hasEnded, type Queuecall } from "../../../src/model/queuecall.ts";
import type { QueueChange } from "../../../src/ports/queuecall-store.ts";
import type { Storage } from "../../../src/ports/storage.ts";

/** What queues keep, in memory: many stories are told with it, so it is quick. */
export function memoryStore() {
  const agents = new Map<string, Agent>();
  const queues = new Map<string, Queue>();
  const queuecalls = new Map<string, Queuecall>();
  const duties = new Map<string, AgentDuty>();

  function apply({ queuecall, counts, duty, dutyOver, agent }: QueueChange): void {
    merge(queuecalls, queuecall?.id, queuecall?.changes ?? {});
    const queue = queues.get(counts?.queueId ?? "");
    if (queue && counts) count(queue, counts.total);
    if (duty) duties.set(duty.id, duty);
    if (dutyOver !== undefined) duties.delete(dutyOver);
    merge(agents, agent?.id, agent?.changes ?? {});
  }

  function count(queue: Queue, total: "incoming" | "serviced" | "abandoned"): void {
    const field = `total_${total}_count` as const;
    queues.set(queue.id, { ...queue, [field]: queue[field] + 1 });
  }

  /** The stores as one process has them: what it asks for is done a turn later, unless it has died. */
  function open(isAlive: () => boolean): Pick<Storage, "agents" | "queues" | "queuecalls"> {
    const later = async <T>(work: () => T): Promise<T> => {
      await new Promise((resolve) => setImmediate(resolve));
      if (isAlive()) return work();
      return new Promise(() => {});
    };
    const resources = <T extends Agent | Queue>(kept: Map<string, T>) => ({
      create: (resource: T) => later(() => void kept.set(resource.id, resource)),
      get: (id: string) => later(() => kept.get(id)),
      update: (id: string, changes: Partial<T>) => later(() => merge(kept, id, changes)),
      remove: (id: string) => later(() => kept.delete(id)),
      list: () => Promise.reject(new Error("nobody lists here")),
      ofCustomer: () => Promise.reject(new Error("nobody lists here")),
      all: () => later(() => [...kept.values()]),
    });
    return {
      agents: resources(agents),
      queues: resources(queues),
      queuecalls: {
        create: (queuecall) =>
          later(() => {
            queuecalls.set(queuecall.id, queuecall);
            const queue = queues.get(queuecall.queue_id);
            if (queue) count(queue, "incoming");
          }),
        change: (change) => later(() => apply(change)),
        get: (id) => later(() => queuecalls.get(id)),
        live: () =>
          later(() =>
            [...queuecalls.values()]
              .filter(({ status }) => !hasEnded(status))
              .toSorted((one, other) => one.ticket - other.ticket),
          ),
        duties: () => later(() => [...duties.values()]),
        list: () => Promise.reject(new Error("nobody lists here")),
        liveOfCall: () => Promise.reject(new Error("nobody lists here")),
        remove: () => Promise.reject(new Error("nobody removes here")),
      },
    };
  }

  return { agents, queues, queuecalls, duties, open };
}

function merge<T>(kept: Map<string, T>, id: string | undefined, changes: Partial<T>): T | undefined {
  const known = kept.get(id ?? "");
  if (!known || id === undefined) return undefined;
  const changed = { ...known, ...changes };
  kept.set(id, changed);
  return changed;
}
