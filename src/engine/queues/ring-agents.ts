import type { Groupcalls } from "../dialing/groupcalls.ts";
import type { RingAgent } from "./attendances.ts";

/** Rings an agent's phones as a group of calls, which belongs to the caller's place in the queue. */
export const ringAgents =
  ({ ring }: Pick<Groupcalls, "ring">): RingAgent =>
  ({ groupId, agentId, caller, queuecallId, ringMs }) =>
    ring({
      id: groupId,
      customerId: caller.call.customer_id,
      source: caller.call.source,
      destinations: [{ type: "agent", target: agentId }],
      ringMethod: "ring_all",
      ringMs,
      masterCallId: caller.call.id,
      chained: false,
      hops: caller.call.hops + 1,
      owner: queuecallId,
      run: null,
    });
