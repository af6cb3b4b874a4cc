import type { TimelineEntry } from "../model/timeline.ts";
import type { DeliveryRequest } from "./outbox.ts";

/** One target of a stored message, by its place: to be sent, or its report awaited no longer. */
export type MessageRequest = { readonly message_id: string; readonly target: number; readonly awaits?: "report" };

/** Something to be sent, kept until it has arrived. */
export type Delivery<Request = DeliveryRequest | MessageRequest> = {
  /** Storing it twice stores it once. */
  readonly id: string;
  readonly customer_id: string;
  readonly activeflow_id: string | null;
  readonly call_id: string | null;
  /** Deliveries of one lane are made one after the other, in the order in which they were stored. */
  readonly lane: string;
  readonly request: Request;
  readonly createdAtMs: number;
  /** Not before then; absent: at once. */
  readonly dueAtMs?: number;
};

/** A delivery that is being made: this is attempt number `attempts`, from 1. */
export type ClaimedDelivery = Delivery & { readonly attempts: number };

export type Claim = {
  readonly nowMs: number;
  /** Until then nobody else gets them; after that anybody may, because whoever had them has died. */
  readonly untilMs: number;
  readonly most: number;
};

/** What waits to be sent. New ones come with the change that causes them (ActiveflowChange). All may reject with a StorageError. */
export interface DeliveryStore {
  /** Takes those that are due, each the first of its lane. */
  claim(claim: Claim): Promise<readonly ClaimedDelivery[]>;
  /** Forgets one that has arrived. */
  delivered(id: string, facts: readonly TimelineEntry[]): Promise<void>;
  /** Tries it again then. */
  postponed(id: string, dueAtMs: number, facts: readonly TimelineEntry[]): Promise<void>;
  /** Keeps it as a dead letter, out of its lane's way. */
  givenUp(id: string, facts: readonly TimelineEntry[]): Promise<void>;
  /** Dead letters of a customer, oldest first. */
  deadLetters(customerId: string): Promise<readonly Delivery[]>;
}
