/** Queues, and callers in them, as the API shows them: with what is known only by looking at who else is there. */
import type { z } from "zod";
import type { Queue, shownQueueSchema } from "../model/queue.ts";
import { durationsOf, isWaiting, type Queuecall, type ShownQueuecall } from "../model/queuecall.ts";
import type { QueuecallStore } from "../ports/queuecall-store.ts";

type ShownQueue = z.infer<typeof shownQueueSchema>;

/** These queues, with who waits and who talks. */
export async function showQueues(store: QueuecallStore, queues: readonly Queue[]): Promise<readonly ShownQueue[]> {
  const live = await store.live(queues.map(({ id }) => id));
  const inQueue = Map.groupBy(live, ({ queue_id }) => queue_id);
  return queues.map((queue) => {
    const callers = inQueue.get(queue.id) ?? [];
    return {
      ...queue,
      wait_queuecall_ids: callers.filter(isWaiting).map(({ id }) => id),
      service_queuecall_ids: callers.filter(({ status }) => status === "service").map(({ id }) => id),
    };
  });
}

/** These callers, with their position and how long they have waited and talked. */
export async function showQueuecalls(
  store: QueuecallStore,
  queuecalls: readonly Queuecall[],
  nowMs: number,
): Promise<readonly ShownQueuecall[]> {
  const lines = [...new Set(queuecalls.filter(isWaiting).map(({ queue_id }) => queue_id))];
  const waiting = lines.length > 0 ? (await store.live(lines)).filter(isWaiting) : [];
  return queuecalls.map((queuecall) => {
    const { ticket, ...shown } = queuecall;
    const before = waiting.filter((other) => other.queue_id === queuecall.queue_id && other.ticket < ticket);
    const position = isWaiting(queuecall) ? before.length + 1 : null;
    return { ...shown, position, ...durationsOf(queuecall, nowMs) };
  });
}
