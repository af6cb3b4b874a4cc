import type { Queue } from "../../model/queue.ts";
import type { Queuecall } from "../../model/queuecall.ts";
import type { CallScope } from "../call-scope.ts";

/** A call that is to stand in line, in the place of this id. */
export type Arrival = {
  readonly queueId: string;
  readonly queuecallId: string;
  readonly scope: CallScope;
  readonly activeflowId: string;
};

/** The record of a place that nobody has been put into the line for. */
export function arrivalIn(
  queue: Queue,
  { queuecallId, scope, activeflowId }: Arrival,
  { ticket, atMs }: { readonly ticket: number; readonly atMs: number },
): Queuecall {
  const { customer_id, id: reference_id, source } = scope.call;
  const at = new Date(atMs).toISOString();
  return {
    id: queuecallId,
    customer_id,
    queue_id: queue.id,
    reference_type: "call",
    reference_id,
    reference_activeflow_id: activeflowId,
    source,
    status: "initiating",
    end_reason: null,
    service_agent_id: null,
    groupcall_id: null,
    timeout_wait: queue.wait_timeout,
    timeout_service: queue.service_timeout,
    tm_create: at,
    tm_service: null,
    tm_end: null,
    tm_update: at,
    ticket,
  };
}
