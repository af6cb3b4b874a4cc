import type { Announcement } from "../../ports/announcements.ts";

/** Topics that one socket may listen to. */
export const MAX_TOPICS = 100;

/**
 * Whether an event is meant by a topic: its type (`call_hangup`), the beginning of types (`call_*`, `*`), or a place of the
 * form `customer_id:ID:RESOURCE:ID`, of which the end may be missing.
 */
export function isMeant({ resource, type, stored }: Announcement, topic: string): boolean {
  if (topic.startsWith(PLACE)) return `${PLACE}${stored.customer_id}:${resource}:${stored.id}:`.startsWith(`${topic}:`);
  return topic.endsWith("*") ? type.startsWith(topic.slice(0, -1)) : type === topic;
}

/** Why a customer can't listen to a topic; undefined when it may. */
export function faultOf(topic: string, customerId: string): string | undefined {
  if (topic.startsWith(PLACE)) {
    const [, owner] = topic.split(":");
    return owner === customerId ? undefined : `your customer id is ${customerId}`;
  }
  if (/^[a-z_]*\*?$/.test(topic) && topic !== "") return undefined;
  return "a topic is the type of an event (call_hangup), its beginning (call_*, *), or customer_id:ID:RESOURCE:ID";
}

const PLACE = "customer_id:";
