import { OutboundError, type OutboundHttp, type OutboundRequest } from "../../ports/outbound-http.ts";
import type { SmsOutcome } from "../../ports/sms-gateway.ts";

/** Less than a delivery's lease. */
const DEADLINE_MS = 8_000;
/** Longer than any answer about one text. */
const MAX_ANSWER_BYTES = 256 * 1024;

export type GatewayAnswer = { readonly status: number; readonly text: string };

/** Asks a gateway; gives what it says. @throws OutboundError, or the signal's reason. */
export const askGateway = (
  http: OutboundHttp,
  request: Omit<OutboundRequest, "deadlineMs" | "maxBytes">,
  signal: AbortSignal,
): Promise<GatewayAnswer> =>
  http.send(
    { ...request, deadlineMs: DEADLINE_MS, maxBytes: MAX_ANSWER_BYTES },
    async ({ status, body }) => {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      return { status, text: Buffer.concat(parts).toString() };
    },
    signal,
  );

/** What an answer means that is no success: whether another try may do better, and whether the text may be out. */
export function outcomeOf(status: number, why: string): SmsOutcome {
  if (status === 429) return { kind: "busy", why: `${why}: too many at once` };
  // A server in front of the gateway may have given up on one that goes on.
  if (status >= 500 || status === 408) return { kind: "unsure", why };
  return { kind: "refused", why };
}

/** What it means that there was no answer. */
export function outcomeOfFault(error: unknown, signal: AbortSignal): SmsOutcome {
  signal.throwIfAborted();
  if (!(error instanceof OutboundError)) throw error;
  const { fault, message } = error;
  if (fault === "refused") {
    return {
      kind: "refused",
      why: `${message}; RINGDOWN_ALLOW_PRIVATE_URLS says which private addresses may be asked`,
    };
  }
  return { kind: "unsure", why: message };
}

/** JSON, or undefined for anything else. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
