import type { Storage } from "../../ports/storage.ts";
import type { Queues } from "./queues.ts";

type Stores = Pick<Storage, "agents" | "queues">;

/** The same stores, for whoever changes agents and queues from outside: what is changed through them counts at once. */
export const watchedStores = ({ agents, queues }: Stores, watcher: Queues): Stores => ({
  agents: {
    ...agents,
    async create(agent) {
      await agents.create(agent);
      watcher.agentChanged(agent);
    },
    async update(id, changes, customerId) {
      const { status } = changes;
      if (status === undefined) {
        const changed = await agents.update(id, changes, customerId);
        if (changed) watcher.agentChanged(changed);
        return changed;
      }
      if (!(await agents.get(id, customerId))) return undefined;
      await watcher.agentChoseStatus(id, { ...changes, status });
      return agents.get(id, customerId);
    },
    async remove(id, customerId) {
      const removed = await agents.remove(id, customerId);
      if (removed) watcher.agentRemoved(id);
      return removed;
    },
  },
  queues: {
    ...queues,
    async create(queue) {
      await queues.create(queue);
      watcher.queueChanged(queue);
    },
    async update(id, changes, customerId) {
      const changed = await queues.update(id, changes, customerId);
      if (changed) watcher.queueChanged(changed);
      return changed;
    },
    async remove(id, customerId) {
      const removed = await queues.remove(id, customerId);
      if (removed) await watcher.queueRemoved(id);
      return removed;
    },
  },
});
