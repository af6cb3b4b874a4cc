import { z } from "zod";
import type { Announcement } from "../../ports/announcements.ts";
import { faultOf, isMeant, MAX_TOPICS } from "./topics.ts";

const messageSchema = z.strictObject({
  type: z.enum(["subscribe", "unsubscribe"]),
  topics: z.array(z.string().max(255)).min(1).max(MAX_TOPICS),
});

/** What one client has asked to hear. */
export interface Listener {
  readonly customerId: string;
  wants(announcement: Announcement): boolean;
  /** Heeds a message of the client; gives the answer to it. */
  heed(text: string): string;
}

/** Wants nothing at first. */
export function createListener(customerId: string): Listener {
  const topics = new Set<string>();

  function heed(text: string): object {
    const message = messageSchema.safeParse(jsonOf(text));
    if (!message.success) {
      return errorOf("MALFORMED_MESSAGE", 'write {"type": "subscribe", "topics": ["call_*"]}, or "unsubscribe"');
    }
    const { type, topics: named } = message.data;
    for (const topic of named) {
      const fault = faultOf(topic, customerId);
      if (fault !== undefined) return errorOf("TOPIC_UNKNOWN", `${JSON.stringify(topic)}: ${fault}`);
    }
    for (const topic of named) {
      if (type === "subscribe") topics.add(topic);
      else topics.delete(topic);
    }
    if (topics.size > MAX_TOPICS) {
      for (const topic of named) topics.delete(topic);
      return errorOf("TOO_MANY_TOPICS", `at most ${MAX_TOPICS} topics; call_* stands for many`);
    }
    return { type: `${type}d`, data: { topics: [...topics] } };
  }

  return {
    customerId,
    wants: (announcement) =>
      announcement.stored.customer_id === customerId && [...topics].some((topic) => isMeant(announcement, topic)),
    heed: (text) => JSON.stringify(heed(text)),
  };
}

const errorOf = (reason: string, message: string) => ({ type: "error", data: { reason, message } });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
