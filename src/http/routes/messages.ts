import { z } from "zod";
import { addressSchema, NEUTRAL_SOURCE } from "../../model/address.ts";
import { newMessage, showMessage, shownMessageSchema, textSchema } from "../../model/message.ts";
import { resolveSource } from "../destinations.ts";
import { Problem } from "../problem.ts";
import { resolveRecipients } from "../recipients.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, type Readable } from "./resource.ts";

const orderSchema = z.strictObject({
  source: addressSchema.optional().describe("Who sends, as the other side is to see it; Ringdown when absent."),
  destinations: z
    .array(addressSchema)
    .min(1)
    .max(100)
    .describe(
      "Who gets it: `tel` as SMS, `sip` and `extension` (all its phones) as SIP MESSAGE. Each is tried by itself.",
    ),
  text: textSchema.describe("What to send."),
});

/** Texts that are, or were, sent, and those that came in. */
export function messageRoutes(api: Api, services: HttpServices): void {
  const { storage, clock, ids } = services;
  const { messages } = storage;
  const readable: Readable<z.infer<typeof shownMessageSchema>> = {
    name: "message",
    schema: shownMessageSchema,
    filters: { conversation_id: z.uuid("a UUID").toLowerCase() },
    async list(customerId, page, filter) {
      const { result, ...rest } = await messages.list(customerId, page, filter);
      return { result: result.map(showMessage), ...rest };
    },
    async get(id, customerId) {
      const message = await messages.get(id, customerId);
      return message && showMessage(message);
    },
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => messages.remove(id, customerId),
    "What has not been sent yet is not sent any more.",
  );

  api.post("/messages", {
    schema: {
      tags: ["messages"],
      operationId: "create_message",
      summary: "Sends a text, and does not wait for it",
      description:
        "It is stored when the answer comes, and sent at least once. `GET /messages/{id}` tells what became of it.",
      body: orderSchema,
      response: { 201: shownMessageSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const sent = await resolveRecipients(body.destinations, customerId, services);
      const sender = await resolveSource(body.source ?? NEUTRAL_SOURCE, customerId, services);
      const faults = [...sender.faults, ...sent.faults];
      if (faults.length > 0) throw new Problem("INVALID_BODY", "the body is not valid", faults);
      const message = newMessage(
        { source: sender.address, destinations: [...sent.addresses], text: body.text },
        {
          id: ids.next(),
          customer_id: customerId,
          activeflow_id: null,
          call_id: null,
          tm_create: new Date(clock.now()).toISOString(),
        },
      );
      await messages.create(message);
      return reply.code(201).send(showMessage(message));
    },
  });
}
