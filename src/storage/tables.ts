import type { Generated } from "kysely";

/** Resources of the API are kept whole in `document`; other columns repeat what is filtered by, or must be unique. */
export type ResourceRow = {
  id: string;
  customer_id: string;
  tm_create: string;
  tm_update: string;
  document: string;
  [column: string]: string | number | null;
};

/** Any table of resources, by name. */
export type ResourceTables = { [table: string]: ResourceRow };

export type ActiveflowRow = {
  id: string;
  customer_id: string;
  flow_id: string | null;
  status: string;
  reference_type: string;
  reference_id: string | null;
  reference_activeflow_id: string | null;
  on_complete_flow_id: string | null;
  complete_count: number;
  ended_reason: string | null;
  tm_create: string;
  tm_update: string;
  tm_end: string | null;
  /** JSON, as all below. */
  position: string;
  variables: string;
};

/** One list of actions of a run; written once, never changed. */
export type ActiveflowFrameRow = {
  activeflow_id: string;
  id: string;
  customer_id: string;
  actions: string;
};

/**
 * One fact; `sequence` is the order in which facts were stored. Facts are found by one index, because each index costs
 * as much as the fact itself: by their subject, which is the call, or the activeflow where there is no call. Those of an
 * activeflow about another call than its own (or none) are `apart`, and found by an index of their own.
 */
export type TimelineRow = {
  sequence: Generated<number>;
  customer_id: string;
  subject_id: string;
  activeflow_id: string | null;
  call_id: string | null;
  apart: number | null;
  at: string;
  type: string;
  data: string;
};

export type CustomerRow = { id: string; name: string; tm_create: string; tm_update: string };

/** `sequence` is the order in which deliveries were stored. `dead` is 1 for those that were given up. */
export type DeliveryRow = {
  sequence: Generated<number>;
  id: string;
  customer_id: string;
  activeflow_id: string | null;
  call_id: string | null;
  lane: string;
  request: string;
  created_at_ms: number;
  /** When it may be tried; while somebody tries it, when somebody else may. */
  due_at_ms: number;
  attempts: number;
  dead: number | null;
};

/** Written to find out whether writing works. */
export type StorageCheckRow = { id: string; padding: string };

/** The tables that are not resources. */
export type Tables = {
  customers: CustomerRow;
  activeflows: ActiveflowRow;
  activeflow_frames: ActiveflowFrameRow;
  timeline: TimelineRow;
  deliveries: DeliveryRow;
  storage_checks: StorageCheckRow;
};
