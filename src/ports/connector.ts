import type { Address } from "../model/address.ts";
import type { HangupReason } from "../model/hangup.ts";

/** Whom to ring, and how. */
export type ConnectOrder = {
  /** Whom they see; the caller of this call when absent. */
  readonly source?: Address | undefined;
  readonly destinations: readonly Address[];
  /** The caller hears what comes from a destination before its answer. */
  readonly earlyMedia: boolean;
  /** Keys pressed in the talk count for the flows of both; else they go straight from phone to phone. */
  readonly collectsDigits: boolean;
  readonly ringMs: number;
};

/** How it went: somebody answered and the talk is over, or why nobody did, by the Q.850 cause that tells most. */
export type ConnectEnd =
  | {
      readonly kind: "answered";
      readonly callId: string;
      readonly durationMs: number;
      readonly reason: HangupReason;
      readonly cause: number;
    }
  | { readonly kind: "unanswered"; readonly reason: HangupReason; readonly cause: number };

/** Connects the call of a step with somebody else. */
export interface Connector {
  /**
   * Rings the destinations, answers the call when one of them answers first, and lets both talk until one hangs up.
   * Safe to ask for again after a crash: those who talk, talk on. Rejects with the signal's reason when the call ends,
   * and then nobody rings any more.
   * @throws DialLoopError
   */
  connect(order: ConnectOrder): Promise<ConnectEnd>;
}

/** The call has come out of so many others of ours that it must be going round in circles. */
export class DialLoopError extends Error {
  override readonly name = "DialLoopError";
  readonly hops: number;

  constructor(hops: number) {
    super(
      `too many calls and texts of ours led to this one, each out of another (${hops} counted): it goes round in circles, so it makes no more`,
    );
    this.hops = hops;
  }
}
