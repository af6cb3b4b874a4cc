/** Doubts about what a flow names: it may be made before the flow is called, so it is no error that it is not there. */
import { type Fault, quote } from "../flow/fault.ts";
import type { Mention, MentionKind } from "../flow/mention.ts";
import type { Storage } from "../ports/storage.ts";
import { findExtension } from "./destinations.ts";

/** Looked for at most: a hostile flow may name very many. */
const LOOKED_FOR = 200;

type Stores = Pick<
  Storage,
  "flows" | "queues" | "conferences" | "confbridges" | "chatbots" | "conversations" | "agents" | "extensions"
>;

/** One for each place where something is named that the customer does not have. */
export async function doubtsOfMentions(
  mentions: readonly Mention[],
  customerId: string,
  stores: Stores,
): Promise<readonly Fault[]> {
  const keys = [...new Set(mentions.map(keyOf))].slice(0, LOOKED_FOR);
  const byKey = new Map(mentions.map((mention) => [keyOf(mention), mention]));
  const found = await Promise.all(keys.map((key) => isThere(byKey.get(key), customerId, stores)));
  const missing = new Set(keys.filter((_, index) => !found[index]));
  return mentions
    .filter((mention) => missing.has(keyOf(mention)))
    .map(({ kind, target, path }) => ({
      path,
      message: `you have no ${kind} ${quote(target)}: the action will fail unless you make it before`,
      expected: `${article(kind)} ${kind} of yours`,
      received: quote(target),
    }));
}

const keyOf = ({ kind, target }: Mention): string => `${kind} ${target}`;
const article = (kind: MentionKind): string => (/^[aeiou]/.test(kind) ? "an" : "a");

async function isThere(mention: Mention | undefined, customerId: string, stores: Stores): Promise<boolean> {
  if (!mention) return true;
  const id = mention.target.toLowerCase();
  const stored: Readonly<Record<MentionKind, () => Promise<unknown>>> = {
    flow: () => stores.flows.get(id, customerId),
    queue: () => stores.queues.get(id, customerId),
    conference: () => stores.conferences.get(id, customerId),
    confbridge: () => stores.confbridges.get(id, customerId),
    chatbot: () => stores.chatbots.get(id, customerId),
    conversation: () => stores.conversations.get(id, customerId),
    agent: () => stores.agents.get(id, customerId),
    extension: () => findExtension({ type: "extension", target: mention.target }, customerId, stores.extensions),
  };
  return Boolean(await stored[mention.kind]());
}
