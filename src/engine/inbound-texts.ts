import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { type Address, partyOf } from "../model/address.ts";
import { type Conversation, dialogIdOf } from "../model/conversation.ts";
import type { Extension } from "../model/extension.ts";
import { type Message, unsent } from "../model/message.ts";
import type { PhoneNumber } from "../model/number.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Storage } from "../ports/storage.ts";
import type { IncomingText } from "../ports/text-messages.ts";
import type { Activeflows } from "./active-flows.ts";
import { conversationVariables } from "./system-variables.ts";

type Services = {
  readonly storage: Storage;
  readonly activeflows: Pick<Activeflows, "start">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Pick<Logger, "info" | "warn">;
};

/**
 * Takes texts that come in: finds the number or extension that each was sent to, puts it into the conversation of the
 * two, which is made when they have none, and runs the message flow there. A text to a number that nobody has is dropped;
 * one that comes a second time too.
 */
export function inboundTexts(services: Services): (text: IncomingText) => Promise<void> {
  const { storage, activeflows, clock, ids, log } = services;

  const taking = new Map<string, Promise<void>>();

  return async (text) => {
    // Gateways may tell a second time while the first is being stored.
    const before = taking.get(text.key);
    if (before) return before;
    const taken = take(text).finally(() => taking.delete(text.key));
    taking.set(text.key, taken);
    return taken;
  };

  async function take(text: IncomingText): Promise<void> {
    const id = uuidOf(text.key);
    if (await storage.messages.get(id)) return;
    const place = await placeOf(text.to);
    if (!place) {
      log.warn({ dialled: text.to }, "a text for a number that nobody has");
      return;
    }
    const tm_create = new Date(clock.now()).toISOString();
    const conversation = await conversationOf(text, place, tm_create);
    const flow = place.message_flow_id !== null && (await storage.flows.get(place.message_flow_id, place.customer_id));
    const activeflowId = flow ? ids.next() : null;
    const message = incomingMessage(conversation, text, { id, activeflow_id: activeflowId, tm_create });
    const stored = storage.messages.create(message);
    log.info({ message_id: message.id, conversation_id: conversation.id, activeflow_id: activeflowId }, "text arrived");
    if (!flow || !activeflowId) return stored;
    const plan = {
      customerId: flow.customer_id,
      flowId: flow.id,
      actions: flow.actions,
      onCompleteFlowId: flow.on_complete_flow_id,
      referenceType: "conversation",
      referenceId: conversation.id,
      variables: conversationVariables(conversation, message, text.hops),
    } as const;
    // Asked for in one turn, both are stored in one transaction.
    await Promise.all([stored, activeflows.start(plan, undefined, activeflowId)]);
  }

  /** As for calls, a number counts; but an extension of that name counts more than the beginning of numbers. */
  async function placeOf(dialled: string): Promise<Place | undefined> {
    const number = await storage.numbers.route(dialled);
    if (number?.number === dialled) return { ...number, self: partyOf(dialled, "") };
    const extension = await storage.extensions.byName(dialled);
    if (extension) return { ...extension, self: addressOf(extension, extension.name) };
    return number && { ...number, self: partyOf(dialled, "") };
  }

  async function conversationOf(text: IncomingText, { customer_id, self }: Place, now: string): Promise<Conversation> {
    const peer = await peerOf(text, customer_id);
    return storage.conversations.ensure({
      id: ids.next(),
      customer_id,
      name: text.fromName || peer.target_name || peer.target,
      detail: "",
      type: "message",
      dialog_id: dialogIdOf(self, peer),
      self,
      peer,
      tm_create: now,
      tm_update: now,
    });
  }

  /** An account of the customer is an extension, however its phone calls itself; anybody else is where the text came from. */
  async function peerOf({ kind, from, fromName: name }: IncomingText, customerId: string): Promise<Address> {
    if (kind === "tel") return { type: "tel", target: from, target_name: "", name, detail: "" };
    const extension = await storage.extensions.byName(userOf(from));
    if (extension?.customer_id === customerId) {
      return addressOf(extension, name);
    }
    return { type: "sip", target: from.replace(/^sips?:/, ""), target_name: "", name, detail: "" };
  }
}

/** Where a text came to. */
type Place = Pick<PhoneNumber, "customer_id" | "message_flow_id"> & { readonly self: Address };

const addressOf = ({ id: target, extension: target_name }: Extension, name: string): Address => ({
  type: "extension",
  target,
  target_name,
  name,
  detail: "",
});

const userOf = (uri: string): string => uri.replace(/^sips?:/, "").replace(/[@;].*$/, "");

/** The same for the same key, so that a text that comes twice is one message. */
function uuidOf(key: string): string {
  const hex = createHash("sha256").update(key).digest("hex");
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

function incomingMessage(
  { id: conversation_id, customer_id, self, peer }: Conversation,
  { text, parts = null }: Pick<IncomingText, "text"> & { readonly parts?: number | null },
  origin: Pick<Message, "id" | "activeflow_id" | "tm_create">,
): Message {
  return {
    ...origin,
    customer_id,
    conversation_id,
    call_id: null,
    direction: "incoming",
    source: peer,
    targets: [{ ...unsent, destination: self, status: "received", parts }],
    text,
    status: "done",
    tm_update: origin.tm_create,
  };
}
