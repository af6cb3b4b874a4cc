/** Why a request to a user's URL gave nothing. `refused`: an address or URL that may not be asked. */
export type OutboundFault = "refused" | "unreachable" | "timeout" | "too_large" | "too_many_redirects";

/** A request to a user's URL failed; the message names its host only, since the rest may hold secrets. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly host: string;
  readonly fault: OutboundFault;

  constructor(host: string, fault: OutboundFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.host = host;
    this.fault = fault;
  }
}

export type OutboundRequest = {
  readonly url: string;
  /** `GET` when absent; only GET and HEAD follow redirects. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** In lower case. Not passed on when a redirect leads to another origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** From the first lookup to the last byte. */
  readonly deadlineMs: number;
  /** An answer with more than this is cut off. */
  readonly maxBytes: number;
};

export type OutboundResponse = {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Rejects with an OutboundError. */
  readonly body: AsyncIterable<Uint8Array>;
};

/** The one way to URLs that users give: no private addresses, however named; bounded in time, size and redirects. */
export interface OutboundHttp {
  /**
   * Sends, and hands the answer to `read`; what `read` leaves unread is thrown away.
   * @throws OutboundError, or the signal's reason.
   */
  send<Result>(
    request: OutboundRequest,
    read: (response: OutboundResponse) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
}
