/** Any server that speaks OpenAI's protocol, by their own package: chat completions, streamed. */
import type OpenAI from "openai";
import type { Chatbot } from "../../model/chatbot.ts";
import { type ChatEngine, ChatError, type ChatFault, type ChatRequest } from "../../ports/chatbot.ts";
import { OutboundError } from "../../ports/outbound-http.ts";

type Sdk = typeof import("openai");

const NAME = "openai";
/** Small, quick and cheap: a caller waits. */
const DEFAULT_MODEL = "gpt-4o-mini";
/** What a server is sent that wants no key; the package insists on one. */
const NO_KEY = "none";
/** Longer than anybody waits: the deadline of a talk is another's matter. */
const LIMIT_MS = 120_000;

/** Asks by a guarded `fetch`, since its address is a user's. */
export function openai(guardedFetch: typeof fetch): ChatEngine {
  let sdk: Promise<Sdk> | undefined;
  const loaded = (): Promise<Sdk> => {
    sdk ??= import("openai");
    return sdk;
  };

  return {
    opens: ({ init_prompt }) => init_prompt !== "",
    isFreeToAsk: () => true,
    confirm: async () => {},
    hints: () => [],
    async *reply(request, signal) {
      const { default: Client, ...errors } = await loaded();
      const client = new Client({
        apiKey: request.chatbot.engine_key ?? NO_KEY,
        baseURL: request.chatbot.engine_url,
        maxRetries: 0,
        timeout: LIMIT_MS,
        fetch: guardedFetch,
      });
      try {
        const stream = await client.chat.completions.create(completionOf(request), { signal });
        for await (const { choices } of stream) {
          const text = choices?.[0]?.delta?.content;
          if (text) yield { kind: "text", text };
        }
        signal.throwIfAborted();
      } catch (error) {
        throw signal.aborted ? signal.reason : failureOf(error, errors);
      }
    },
  };
}

const completionOf = ({ chatbot, history }: ChatRequest): OpenAI.ChatCompletionCreateParamsStreaming => ({
  model: chatbot.engine_model || DEFAULT_MODEL,
  stream: true,
  messages: [...promptOf(chatbot), ...history.map(({ role, text }) => ({ role, content: text }))],
});

const promptOf = ({ init_prompt }: Chatbot): readonly OpenAI.ChatCompletionMessageParam[] =>
  init_prompt === "" ? [] : [{ role: "system", content: init_prompt }];

const FAULTS: Readonly<Record<number, ChatFault>> = {
  401: "credentials",
  403: "credentials",
  404: "refused",
  400: "refused",
  422: "refused",
  408: "timeout",
  429: "quota",
};

function failureOf(error: unknown, { APIError, APIConnectionTimeoutError }: Omit<Sdk, "default">): ChatError {
  if (error instanceof ChatError) return error;
  const options = { cause: error };
  if (error instanceof APIConnectionTimeoutError) return new ChatError(NAME, "timeout", "it took too long", options);
  const refusal = causeOf(error);
  if (refusal)
    return new ChatError(NAME, refusal.fault === "refused" ? "refused" : "unavailable", refusal.message, options);
  if (!(error instanceof APIError)) return new ChatError(NAME, "failed", messageOf(error), options);
  const status: unknown = error.status;
  if (typeof status !== "number") return new ChatError(NAME, "unavailable", messageOf(error), options);
  const fault = FAULTS[status] ?? (status >= 500 ? "unavailable" : "failed");
  return new ChatError(NAME, fault, `it answered ${status}`, options);
}

/** What the guarded client said, which the package and `fetch` wrap. */
function causeOf(error: unknown): OutboundError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof OutboundError) return at;
  return undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
