import type { Message, MessageOrder } from "../model/message.ts";

/** Where an action puts texts to be sent. Stored with the step's next state, or not at all. */
export interface Messages {
  /** The message's id. */
  add(order: MessageOrder): string;
  /** Waits until a stored message is no longer `progressing`; what it is at the end of the time when it still is. */
  settled(id: string, untilMs: number, signal: AbortSignal): Promise<Message | undefined>;
}
