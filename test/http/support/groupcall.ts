import type { Groupcall } from "../../../src/model/groupcall.ts";
import type { GroupcallOrder } from "../../../src/ports/engine-control.ts";

/** A group as an engine stores it, its calls still missing. */
export const aGroupcall = ({
  id,
  now,
  ...order
}: Pick<GroupcallOrder, "customerId" | "source" | "destinations" | "ringMethod" | "flowId"> & {
  readonly id: string;
  readonly now: string;
}): Groupcall => ({
  id,
  customer_id: order.customerId,
  status: "progressing",
  flow_id: order.flowId,
  source: order.source,
  destinations: order.destinations,
  master_call_id: null,
  ring_method: order.ringMethod,
  answer_method: "hangup_others",
  answer_call_id: null,
  call_ids: [],
  call_count: order.destinations.length,
  tm_create: now,
  tm_update: now,
  lines: [],
  ring_ms: 60_000,
  hops: 0,
  chained: false,
  owner: null,
  run: null,
});
