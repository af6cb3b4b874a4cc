import type { Ids } from "../ports/ids.ts";

/** What a resource stores, from its beginning, of the flow that is to follow it. */
export const onEnd = (flowId: string | null | undefined, ids: Ids) => ({
  on_end_flow_id: flowId ?? null,
  on_end_activeflow_id: flowId ? ids.next() : null,
});
