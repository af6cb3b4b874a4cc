import type { Action } from "../model/action.ts";
import type { EndedReason, ReferenceType } from "../model/activeflow.ts";
import type { JsonValue } from "../model/json.ts";
import type { Message } from "../model/message.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Delivery } from "./delivery-store.ts";
import type { DeliveryRequest } from "./outbox.ts";
import type { Page, PageRequest } from "./resource-store.ts";

/** One list of actions a run is in; the list itself never changes, so it is stored once. */
export type StoredFrame = { readonly id: string; readonly actions: readonly Action[] };

/** The part of a run that changes at each step; small, because it is written at each step. */
export type StoredPosition = {
  /** Outermost first; `id` names a stored frame. */
  readonly frames: readonly {
    readonly id: string;
    readonly index: number;
    readonly jumpsOf: Readonly<Record<string, number>>;
    readonly again?: { readonly value: JsonValue; readonly until?: string };
  }[];
  readonly steps: number;
  readonly jumps: number;
  readonly calls?: number | undefined;
  /** The step that is running: its memo holds what it must not do or decide again. */
  readonly step: {
    readonly id: string;
    readonly startedAtMs: number;
    readonly memo: Readonly<Record<string, unknown>>;
  } | null;
};

/** Everything needed to go on with a run in another process. */
export type ActiveflowRecord = {
  readonly id: string;
  readonly customer_id: string;
  readonly flow_id: string | null;
  readonly status: "running" | "ended";
  readonly reference_type: ReferenceType;
  readonly reference_id: string | null;
  readonly reference_activeflow_id: string | null;
  readonly on_complete_flow_id: string | null;
  /** How many on_complete flows led here. */
  readonly complete_count: number;
  readonly position: StoredPosition;
  readonly variables: Readonly<Record<string, string>>;
  readonly ended_reason: EndedReason | null;
  readonly tm_create: string;
  readonly tm_update: string;
  readonly tm_end: string | null;
};

/** What one save changes; absent fields stay. */
export type ActiveflowChange = Partial<
  Pick<ActiveflowRecord, "status" | "position" | "variables" | "ended_reason" | "tm_update" | "tm_end">
> & {
  /** Lists that the run has entered since the last save. */
  readonly enteredFrames?: readonly StoredFrame[];
  /** What it wants sent. */
  readonly deliveries?: readonly Delivery<DeliveryRequest>[];
  /** Texts that it wants sent. */
  readonly messages?: readonly Message[];
  /** Nobody waits for it: it may be stored a moment later, with what is stored next. */
  readonly mayWait?: boolean;
};

/**
 * Runs of flows. `save` is the hot path: many runs save at once, and saves of one tick share a transaction. Saves of one
 * run are applied in the order in which they were asked for. Every method may reject with a StorageError.
 */
export interface ActiveflowStore {
  create(record: ActiveflowRecord, frame: StoredFrame, facts: readonly TimelineEntry[]): Promise<void>;
  save(id: string, change: ActiveflowChange, facts: readonly TimelineEntry[]): Promise<void>;
  get(id: string, customerId?: string): Promise<ActiveflowRecord | undefined>;
  frames(id: string): Promise<readonly StoredFrame[]>;
  /** Runs that have not ended, oldest first. */
  running(): Promise<readonly ActiveflowRecord[]>;
  /** Removes a run that is over, and the facts about it that are about no call; whether there was one. */
  remove(id: string, customerId?: string): Promise<boolean>;
  list(customerId: string, page: PageRequest): Promise<Page<ActiveflowRecord>>;
}
