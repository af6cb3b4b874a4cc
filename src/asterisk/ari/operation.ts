/** What one operation of Asterisk's REST interface is made of. */
export interface Operation {
  /** Resource and operation, as `channels.answer`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/ari/`, with `{names}` where parameters go. */
  readonly path: string;
  readonly query: readonly string[];
  /** The parameter that is sent as JSON. */
  readonly body?: string;
  readonly result: "json" | "bytes" | "nothing";
}

/** Limits of one request. */
export type RequestOptions = {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
};

/** Channel or bridge variables; `report_events` includes one in every event of its owner. */
export type AriVariables = Readonly<
  Record<string, string | { readonly value: string; readonly report_events?: boolean }>
>;

/** The values of an operation's parameters by name. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Carries one operation out and gives what Asterisk answered. */
export type CallAri = <Result>(
  operation: Operation,
  parameters: Parameters,
  options?: RequestOptions,
) => Promise<Result>;
