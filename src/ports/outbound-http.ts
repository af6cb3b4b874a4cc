/** Why a request to a user's URL gave nothing. `refused`: an address or URL that may not be asked. */
export type OutboundFault = "refused" | "unreachable" | "timeout" | "too_large" | "too_many_redirects";

/** A request to a user's URL failed; the message names its host only, since the rest may hold secrets. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly host: string;
  readonly fault: OutboundFault;
  /** What can be done about it. */
  readonly remedy: string;

  constructor(host: string, fault: OutboundFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.host = host;
    this.fault = fault;
    this.remedy = REMEDIES[fault];
  }
}

const REMEDIES: Readonly<Record<OutboundFault, string>> = {
  refused: "give a URL of a public host, or let RINGDOWN_ALLOW_PRIVATE_URLS allow its address",
  unreachable: "see that a server listens there, and that this machine can reach it",
  timeout: "see why the server there is slow; a flow waits for it as long as RINGDOWN_URL_DEADLINE_MS says",
  too_large: "let the server there send less",
  too_many_redirects: "give the URL to which they lead",
};

export type OutboundRequest = {
  readonly url: string;
  /** `GET` when absent; only GET and HEAD follow redirects. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** In lower case. Not passed on when a redirect leads to another origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** From the first lookup to the last byte. */
  readonly deadlineMs: number;
  /** How long nothing at all may come; some seconds when absent. */
  readonly silenceMs?: number;
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
