import { errors } from "undici";
import { OutboundError } from "../../ports/outbound-http.ts";

/** What ends a request early: the caller's wish, or the time that it may take. */
export type Ending = { readonly signal: AbortSignal; readonly deadline: AbortSignal };

/** What a failure of the network side means to the caller. */
export function explain(error: unknown, host: string, { signal, deadline }: Ending): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof OutboundError) return error;
  if (deadline.aborted || isTimeout(error)) return new OutboundError(host, "timeout", `${host} took too long`);
  const detail = error instanceof Error && error.message !== "" ? error.message : "no connection";
  return new OutboundError(host, "unreachable", `${host} could not be reached: ${detail}`, { cause: error });
}

const isTimeout = (error: unknown): boolean =>
  error instanceof errors.HeadersTimeoutError ||
  error instanceof errors.BodyTimeoutError ||
  error instanceof errors.ConnectTimeoutError;
