import type { AriEvent } from "./event.ts";
import type { RESTResponse } from "./models.generated.ts";

/** What one frame from Asterisk is. */
export type AriMessage =
  | { readonly kind: "event"; readonly event: AriEvent }
  | { readonly kind: "answer"; readonly answer: RESTResponse }
  | { readonly kind: "unreadable" };

/**
 * Reads a frame. Only the type is looked at: at thousands of events a second a full check would be the main work, and
 * each reader of an event takes only the fields that Asterisk has sent for ten years.
 */
export const readMessage = (frame: string): AriMessage => {
  const message = parsed(frame);
  if (isAnswer(message)) return { kind: "answer", answer: message };
  return isEvent(message) ? { kind: "event", event: message } : { kind: "unreadable" };
};

const parsed = (frame: string): unknown => {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
};

const hasType = (message: unknown): message is { readonly type: string } =>
  typeof message === "object" && message !== null && "type" in message && typeof message.type === "string";

const isEvent = (message: unknown): message is AriEvent => hasType(message);

const isAnswer = (message: unknown): message is RESTResponse => hasType(message) && message.type === "RESTResponse";
