/** A server of the user's: asked by POST with all that was said, it answers with what to say next. */
import { z } from "zod";
import { type ChatEngine, ChatError, type ChatFault, type ChatPiece, type ChatRequest } from "../../ports/chatbot.ts";
import type { FlowAnswer, FlowRequest, FlowRequests } from "../../ports/flow-requests.ts";
import { OutboundError, type OutboundFault } from "../../ports/outbound-http.ts";

const NAME = "webhook";
/** The talk has its own deadline, and its own second try. */
const DEADLINE_MS = 60_000;
/** Nobody waits for what it says to a confirmation: it has time to come back. */
const CONFIRMED_WITHIN_MS = 30_000;
const CONFIRMING_TRIES = 5;

const answerSchema = z.object({
  reply: z.string().nullish(),
  actions: z.unknown().optional(),
  end: z.boolean().nullish(),
});

export const webhook = (http: FlowRequests): ChatEngine => ({
  opens: () => true,
  // It may keep a book of what it was asked.
  isFreeToAsk: () => false,
  hints: () => [],
  async *reply(request, signal) {
    yield* piecesOf(await sent(http, requestOf(request), signal));
  },
  async confirm(request) {
    const patient = { tries: CONFIRMING_TRIES, deadlineMs: CONFIRMED_WITHIN_MS };
    const { signal } = new AbortController();
    checkStatus(await sent(http, { ...requestOf(request), ...patient }, signal));
  },
});

const sent = (http: FlowRequests, request: FlowRequest, signal: AbortSignal): Promise<FlowAnswer> =>
  http.send(request, signal).catch((error: unknown) => {
    throw error instanceof OutboundError
      ? new ChatError(NAME, FAULTS[error.fault], error.message, { cause: error })
      : error;
  });

function requestOf({ chatbot, history, language, key, ...request }: ChatRequest): FlowRequest {
  if (chatbot.engine_url === null) throw new ChatError(NAME, "refused", "it has no engine_url");
  const last = history.at(-1);
  return {
    url: chatbot.engine_url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/plain;q=0.9",
      ...(chatbot.engine_key !== null && { authorization: `Bearer ${chatbot.engine_key}` }),
    },
    body: JSON.stringify({
      chatbot_id: chatbot.id,
      chatbotcall_id: request.chatbotcallId,
      activeflow_id: request.activeflowId,
      reference_type: "call",
      reference_id: request.callId,
      request_id: request.requestId,
      is_final: request.isFinal,
      language,
      text: last?.role === "user" ? last.text : "",
      history,
    }),
    idempotencyKey: key,
    tries: 1,
    deadlineMs: DEADLINE_MS,
  };
}

function checkStatus({ status }: FlowAnswer): void {
  if (status < 200 || status > 299) throw new ChatError(NAME, faultOf(status), `it answered ${status}`);
}

function* piecesOf(given: FlowAnswer): Generator<ChatPiece> {
  checkStatus(given);
  const { body, missing } = given;
  if (missing) throw new ChatError(NAME, FAULTS[missing], "its answer did not come whole");
  const text = new TextDecoder().decode(body);
  const value = parsed(text);
  if (typeof value === "string" || Array.isArray(value)) {
    if (text.trim() !== "") yield { kind: "text", text: typeof value === "string" ? value : text };
    return;
  }
  const answer = answerSchema.safeParse(value);
  if (!answer.success) throw new ChatError(NAME, "failed", "its answer has not what an answer has");
  const { reply, actions, end } = answer.data;
  if (reply) yield { kind: "text", text: reply };
  if (actions !== undefined && actions !== null) yield { kind: "over", actions };
  else if (end) yield { kind: "over" };
}

/** What is no JSON is meant to be said as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const FAULTS: Readonly<Record<OutboundFault, ChatFault>> = {
  refused: "refused",
  unreachable: "unavailable",
  timeout: "timeout",
  too_large: "failed",
  too_many_redirects: "failed",
};

function faultOf(status: number): ChatFault {
  if (status >= 500) return "unavailable";
  if (status === 401 || status === 403) return "credentials";
  return status === 429 ? "quota" : "refused";
}
