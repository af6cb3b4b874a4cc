import type { Action } from "../model/action.ts";
import type { ReferenceType } from "../model/activeflow.ts";
import type { TimelineType } from "../model/timeline.ts";
import type { ActiveflowRecord, StoredPosition } from "../ports/activeflow-store.ts";

/** What to run, and for whom. */
export type RunPlan = {
  readonly customerId: string;
  readonly flowId: string | null;
  readonly actions: readonly Action[];
  readonly onCompleteFlowId: string | null;
  readonly referenceType: ReferenceType;
  readonly referenceId: string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly follows?: { readonly activeflowId: string; readonly completeCount: number };
};

/** The call of a run; null when it has none. */
export const callOf = (record: ActiveflowRecord) => (record.reference_type === "call" ? record.reference_id : null);

/** A fact about a run at its beginning. */
export const factOf = (record: ActiveflowRecord, type: TimelineType, data: Readonly<Record<string, unknown>>) => ({
  at: record.tm_create,
  type,
  activeflow_id: record.id,
  call_id: callOf(record),
  data,
});

/** The position of a run that has nothing to do. */
export const NO_POSITION: StoredPosition = { frames: [], steps: 0, jumps: 0, step: null };

/** The record of a new run, its own variables still missing. */
export function recordOf(plan: RunPlan, id: string, position: StoredPosition, createdAt: string): ActiveflowRecord {
  return {
    id,
    customer_id: plan.customerId,
    flow_id: plan.flowId,
    status: "running",
    reference_type: plan.referenceType,
    reference_id: plan.referenceId,
    reference_activeflow_id: plan.follows?.activeflowId ?? null,
    on_complete_flow_id: plan.onCompleteFlowId,
    complete_count: plan.follows?.completeCount ?? 0,
    position,
    variables: plan.variables,
    ended_reason: null,
    tm_create: createdAt,
    tm_update: createdAt,
    tm_end: null,
  };
}

/** What a run that follows another takes over from it. */
export const planOf = (record: ActiveflowRecord) => ({
  customerId: record.customer_id,
  referenceType: record.reference_type,
  referenceId: record.reference_id,
});
