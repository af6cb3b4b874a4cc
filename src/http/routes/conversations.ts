import { z } from "zod";
import type { Fault } from "../../flow/fault.ts";
import {
  type Conversation,
  conversationDocumentSchema,
  conversationSchema,
  dialogIdOf,
} from "../../model/conversation.ts";
import { messageSchema, newMessage, textSchema } from "../../model/message.ts";
import { resolveSource } from "../destinations.ts";
import { pageOf, pageQuery, pageRequestOf } from "../paging.ts";
import { Problem } from "../problem.ts";
import { resolveRecipients } from "../recipients.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const { name, detail } = conversationDocumentSchema.shape;
const changesSchema = z.strictObject({ name: name.unwrap(), detail: detail.unwrap() }).partial();

/** What two parties write to each other. */
export function conversationRoutes(api: Api, services: HttpServices): void {
  const { storage, clock, ids } = services;
  const { conversations, messages } = storage;
  const now = () => new Date(clock.now()).toISOString();
  const readable: Readable<Conversation> = {
    name: "conversation",
    schema: conversationSchema,
    list: (customerId, page) => conversations.list(customerId, page),
    get: (id, customerId) => conversations.get(id, customerId),
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => conversations.remove(id, customerId),
    "Its messages stay; the next one between the two begins a new conversation.",
  );

  api.post("/conversations", {
    schema: {
      tags: ["conversations"],
      operationId: "create_conversation",
      summary: "Begins a conversation, without writing anything",
      description: "Those that begin with a text which comes in are made by themselves.",
      body: conversationDocumentSchema,
      response: { 201: conversationSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const self = await resolveSource(body.self, customerId, services);
      const peer = await resolveRecipients([body.peer], customerId, services);
      const faults = [...self.faults.map(under("self")), ...peer.faults.map(under("peer"))];
      const [address = body.peer] = peer.addresses;
      if (faults.length > 0) throw new Problem("INVALID_BODY", "the body is not valid", faults);
      const conversation = {
        ...body,
        id: ids.next(),
        customer_id: customerId,
        dialog_id: dialogIdOf(self.address, address),
        self: self.address,
        peer: address,
        tm_create: now(),
        tm_update: now(),
      };
      await conversations.create(conversation);
      return reply.code(201).send(conversation);
    },
  });

  api.put("/conversations/:id", {
    schema: {
      tags: ["conversations"],
      operationId: "update_conversation",
      summary: "Changes the fields that are given",
      params: idParameters,
      body: changesSchema,
      response: { 200: conversationSchema },
    },
    handler: async ({ customerId, params, body }) =>
      found(await conversations.update(params.id, { ...body, tm_update: now() }, customerId), "conversation"),
  });

  api.get("/conversations/:id/messages", {
    schema: {
      tags: ["conversations"],
      operationId: "list_messages_of_conversation",
      summary: "Lists what was written, newest first",
      params: idParameters,
      querystring: pageQuery,
      response: { 200: pageOf(messageSchema) },
    },
    handler: async ({ customerId, params, query }) => {
      const { id } = found(await conversations.get(params.id, customerId), "conversation");
      return messages.list(customerId, pageRequestOf(query), { conversation_id: id });
    },
  });

  api.post("/conversations/:id/messages", {
    schema: {
      tags: ["conversations"],
      operationId: "create_message_in_conversation",
      summary: "Writes to the other side, and does not wait for it",
      description:
        "It is stored when the answer comes, and sent at least once. `GET /messages/{id}` tells what became of it.",
      params: idParameters,
      body: z.strictObject({ text: textSchema.describe("What to send.") }),
      response: { 201: messageSchema },
    },
    handler: async (request, reply) => {
      const { customerId, params, body } = request;
      const { id, self, peer } = found(await conversations.get(params.id, customerId), "conversation");
      const message = newMessage(
        { source: self, destinations: [peer], text: body.text, conversation_id: id },
        { id: ids.next(), customer_id: customerId, activeflow_id: null, call_id: null, tm_create: now() },
      );
      await messages.create(message);
      return reply.code(201).send(message);
    },
  });
}

/** A fault where the body has it, whatever the field was called when it was looked at. */
const under =
  (field: string) =>
  (fault: Fault): Fault => ({ ...fault, path: fault.path.replace(/^(source|destinations\[0\])/, field) });
