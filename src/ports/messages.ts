import type { Message, MessageOrder } from "../model/message.ts";

/** Where an action puts texts to be sent. Stored with the step's next state, or not at all. */
export interface Messages {
  /** The message's id. */
  add(order: MessageOrder): string;
  /** Waits, from the step's beginning no longer than is set, until it is known what became of a stored message. */
  settled(id: string, signal: AbortSignal): Promise<Message | undefined>;
}
