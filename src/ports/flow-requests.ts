import type { OutboundFault } from "./outbound-http.ts";

/** A request that a flow makes of its owner's server. */
export type FlowRequest = {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Told to the server, the same at each try and after a restart, so that it can tell what it has seen already. */
  readonly idempotencyKey: string;
  /** How often it is tried while the server can't be reached or fails (5xx). */
  readonly tries: number;
  /** For all tries together; as long as a caller may wait when absent. */
  readonly deadlineMs?: number;
};

export type FlowAnswer = {
  readonly status: number;
  /** No more than a flow can use. */
  readonly body: Uint8Array;
  /** Why the rest of the body is missing; absent when nothing is. */
  readonly missing?: OutboundFault;
  /** The try that was answered, from 1. */
  readonly tries: number;
};

/** Requests to URLs that users give, as flows make them. */
export interface FlowRequests {
  /**
   * The answer to the last try, whatever its status.
   * @throws OutboundError when that had none; the signal's reason.
   */
  send(request: FlowRequest, signal: AbortSignal): Promise<FlowAnswer>;
}
