import type { Chatbot } from "../model/chatbot.ts";

/** What one of the two has said. */
export type ChatMessage = { readonly role: "user" | "assistant"; readonly text: string };

export type ChatRequest = {
  readonly chatbot: Chatbot;
  /** What was said so far, the caller's last words at the end; nothing when the chatbot is to open the talk. */
  readonly history: readonly ChatMessage[];
  /** What the caller speaks, BCP 47. */
  readonly language: string;
  readonly chatbotcallId: string;
  readonly activeflowId: string;
  readonly callId: string;
  /** The same when the same is asked again, also after a crash. */
  readonly key: string;
  /** Names the question: the same when it is asked ahead and when its reply is then taken. */
  readonly requestId: string;
  /** False when it is asked ahead: the caller may not have finished, and the reply be thrown away. */
  readonly isFinal: boolean;
};

/** A part of a reply as it comes. */
export type ChatPiece =
  /** To be spoken; all texts of a reply belong together. One that is a JSON list is a list of actions instead. */
  | { readonly kind: "text"; readonly text: string }
  /** The talk is over when all is said; the flow goes on with these actions, if there are any. */
  | { readonly kind: "over"; readonly actions?: unknown };

/** Why there is no reply, or no more of it. `refused`: not this, whoever asks again. */
export type ChatFault = "timeout" | "unavailable" | "credentials" | "quota" | "refused" | "failed";

/** A chatbot has no answer; tells why, and never what was said. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly engine: string;
  readonly fault: ChatFault;

  constructor(engine: string, fault: ChatFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.engine = engine;
    this.fault = fault;
  }
}

/** Who thinks. */
export interface ChatEngine {
  /** The reply, as it comes; nothing when it has none. @throws ChatError, or the signal's reason. */
  reply(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPiece>;
  /** Whether it has the first word. */
  opens(chatbot: Chatbot): boolean;
  /** Whether asking does nothing but give a reply, so that it may be asked what is then not needed. */
  isFreeToAsk(chatbot: Chatbot): boolean;
  /** Tells it, if that is of interest, that its reply to this was taken, for which it was asked ahead. @throws ChatError */
  confirm(request: ChatRequest): Promise<void>;
  /** Words that it waits for, so that they are understood. */
  hints(chatbot: Chatbot): readonly string[];
}
