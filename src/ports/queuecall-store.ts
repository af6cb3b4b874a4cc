import type { Agent } from "../model/agent.ts";
import type { AgentDuty } from "../model/agent-duty.ts";
import type { Queuecall } from "../model/queuecall.ts";
import type { TimelineEntry } from "../model/timeline.ts";
import type { Filter, Page, PageRequest } from "./resource-store.ts";

/** What changes together when something happens in a queue; absent fields stay. */
export type QueueChange = {
  readonly queuecall?: { readonly id: string; readonly changes: Partial<Queuecall> };
  /** The queue's total that grows by one. */
  readonly counts?: { readonly queueId: string; readonly total: "serviced" | "abandoned" };
  readonly duty?: AgentDuty;
  /** The agent whose duty is over. */
  readonly dutyOver?: string;
  readonly agent?: { readonly id: string; readonly changes: Partial<Agent> };
  readonly facts?: readonly TimelineEntry[];
};

/**
 * Callers' times in queues, and what agents do because of them. Changes are applied in the order in which they were asked
 * for, each whole or not at all. Every method may reject with a StorageError.
 */
export interface QueuecallStore {
  /** Counts the caller as an incoming one of its queue. */
  create(queuecall: Queuecall, facts: readonly TimelineEntry[]): Promise<void>;
  /** An agent or a queue that has been removed meanwhile stays so. */
  change(change: QueueChange): Promise<void>;
  get(id: string, customerId?: string): Promise<Queuecall | undefined>;
  list(customerId: string, page: PageRequest, filter?: Filter<Queuecall>): Promise<Page<Queuecall>>;
  /** Those that are not over, of these queues or of all, in the order of their tickets. */
  live(queueIds?: readonly string[]): Promise<readonly Queuecall[]>;
  /** The one that is not over of a call. */
  liveOfCall(callId: string, customerId: string): Promise<Queuecall | undefined>;
  /** Whether there was one to remove. */
  remove(id: string, customerId?: string): Promise<boolean>;
  duties(): Promise<readonly AgentDuty[]>;
}
