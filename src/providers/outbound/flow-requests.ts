import type { Clock } from "../../ports/clock.ts";
import type { FlowAnswer, FlowRequest, FlowRequests } from "../../ports/flow-requests.ts";
import {
  OutboundError,
  type OutboundFault,
  type OutboundHttp,
  type OutboundRequest,
  type OutboundResponse,
} from "../../ports/outbound-http.ts";

/** Longer than any flow, and than all variables together. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const USUAL_MS = 10_000;
/** Time for a server to come back, while a caller waits. */
const PAUSE_MS = 1_000;
/** What another try may mend. */
const PASSING: readonly OutboundFault[] = ["unreachable", "timeout"];

/** Sends as flows do: again while the server is away, never longer than the deadline, the usual one when it has none. */
export const flowRequests = (http: OutboundHttp, clock: Clock, usualMs = USUAL_MS): FlowRequests => ({
  async send(request, signal) {
    const untilMs = clock.now() + (request.deadlineMs ?? usualMs);
    for (let tries = 1; ; tries++) {
      const leftMs = untilMs - clock.now();
      // Nothing follows the last one, so it may take its time.
      const patience = tries === request.tries ? { deadlineMs: leftMs, silenceMs: leftMs } : { deadlineMs: leftMs };
      const result = await attempt(http, request, patience, signal);
      const againAtMs = clock.now() + PAUSE_MS;
      if (tries < request.tries && againAtMs < untilMs && mayPass(result)) {
        await clock.sleepUntil(againAtMs, signal);
        continue;
      }
      if (result instanceof OutboundError) throw result;
      return { ...result, tries };
    }
  },
});

type Answered = Omit<FlowAnswer, "tries">;

function mayPass(result: Answered | OutboundError): boolean {
  if (result instanceof OutboundError) return PASSING.includes(result.fault);
  return result.status >= 500 || (result.missing !== undefined && PASSING.includes(result.missing));
}

async function attempt(
  http: OutboundHttp,
  { url, method, headers, body, idempotencyKey }: FlowRequest,
  patience: Pick<OutboundRequest, "deadlineMs" | "silenceMs">,
  signal: AbortSignal,
): Promise<Answered | OutboundError> {
  const request = {
    url,
    method,
    headers: { ...headers, "idempotency-key": idempotencyKey },
    ...(body === undefined ? {} : { body }),
    ...patience,
    // What is over our own limit stays unread, and what came before it is still of use.
    maxBytes: Number.POSITIVE_INFINITY,
  };
  try {
    return await http.send(request, read, signal);
  } catch (error) {
    if (error instanceof OutboundError) return error;
    throw error;
  }
}

/** What there is of the answer, also when it breaks off. */
async function read({ status, body }: OutboundResponse): Promise<Answered> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const answered = (missing?: OutboundFault): Answered => ({
    status,
    body: Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES),
    ...(missing === undefined ? {} : { missing }),
  });
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MAX_ANSWER_BYTES) return answered("too_large");
    }
    return answered();
  } catch (error) {
    if (error instanceof OutboundError) return answered(error.fault);
    throw error;
  }
}
