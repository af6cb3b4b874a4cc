import type { Action } from "../model/action.ts";
import type { ChatbotcallEnding } from "../model/chatbotcall.ts";

export type ChatOrder = {
  readonly chatbotId: string;
  /** The same when the step runs again after a crash. */
  readonly chatbotcallId: string;
  readonly language: string;
  readonly gender?: "male" | "female" | "neutral" | undefined;
  /** When it is over at the latest. */
  readonly untilMs: number;
};

export type ChatEnd = {
  readonly result: ChatbotcallEnding;
  /** The last words of the chatbot. */
  readonly reply: string;
  /** What the flow is to go on with. */
  readonly actions: readonly Action[];
};

/** There is no such chatbot; or nobody can listen. */
export class ChattingError extends Error {
  override readonly name = "ChattingError";
  /** What can be done about it. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Talks of a call with chatbots, as one step of it sees them. */
export interface Chatting {
  newId(): string;
  /**
   * Lets the caller talk with a chatbot, and resolves when that is over. Repeated after a crash, it goes on with what was
   * said so far.
   * @throws ChattingError, or the signal's reason when the call ends.
   */
  talk(order: ChatOrder): Promise<ChatEnd>;
}
