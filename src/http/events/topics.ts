import { type Announcement, announcedResources } from "../../ports/announcements.ts";

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
    const [, owner, resource] = topic.split(":");
    if (owner !== customerId) return `your customer id is ${customerId}`;
    return !resource || RESOURCES.includes(resource) ? undefined : NOTHING_HAPPENS;
  }
  if (!/^[a-z_]*\*?$/.test(topic) || topic === "") {
    return "a topic is the type of an event (call_hangup), its beginning (call_*, *), or customer_id:ID:RESOURCE:ID";
  }
  return canHappen(topic) ? undefined : NOTHING_HAPPENS;
}

/** A topic that no event will ever be of would leave its listener waiting. */
function canHappen(topic: string): boolean {
  const beginning = topic.replace(/\*$/, "");
  const isWhole = beginning === topic;
  return RESOURCES.some(
    (resource) => beginning.startsWith(`${resource}_`) || (!isWhole && `${resource}_`.startsWith(beginning)),
  );
}

const RESOURCES: readonly string[] = announcedResources;
const NOTHING_HAPPENS = `no event is of this topic; there are those of ${announcedResources.join(", ")}`;

const PLACE = "customer_id:";
