import { AriError } from "./ari-error.ts";
import type { RESTResponse } from "./models.generated.ts";
import type { Operation } from "./operation.ts";
import { resultOf } from "./rest-answer.ts";
import type { WireRequest } from "./wire-request.ts";

type Pending = {
  readonly operation: Operation;
  readonly settle: (response: RESTResponse) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Requests over one socket, answers found by `request_id`. Asterisk works on them one after another, so order is kept
 * and a slow one holds up all behind it.
 */
export const restOverWebSocket = (send: (frame: string) => void) => {
  const pending = new Map<string, Pending>();
  let sent = 0;

  return {
    pending: (): number => pending.size,
    async request(operation: Operation, wire: WireRequest, signal: AbortSignal): Promise<unknown> {
      sent += 1;
      const id = String(sent);
      const answered = Promise.withResolvers<RESTResponse>();
      const abort = () => answered.reject(signal.reason);
      pending.set(id, { operation, settle: answered.resolve, fail: answered.reject });
      signal.addEventListener("abort", abort, { once: true });
      try {
        send(frameOf(id, wire));
        const { status_code: status, reason_phrase: reason, message_body: body = "" } = await answered.promise;
        return resultOf(operation, { status, reason, body });
      } finally {
        pending.delete(id);
        signal.removeEventListener("abort", abort);
      }
    },
    /** Gives an answer to who waits for it; one that nobody waits for any more is dropped. */
    settle(response: RESTResponse): void {
      pending.get(response.request_id)?.settle(response);
    },
    /** The socket is gone, and with it the answers. */
    failAll(reason: string): void {
      for (const { operation, fail } of pending.values())
        fail(new AriError(operation.name, reason, { kind: "disconnected", isUncertain: true }));
    },
  };
};

/** The message that carries a request. */
export const frameOf = (id: string, { method, uri, body }: WireRequest): string =>
  JSON.stringify({
    type: "RESTRequest",
    request_id: id,
    method,
    uri,
    ...(body === undefined ? {} : { content_type: "application/json", message_body: body }),
  });
