import { z } from "zod";
import { addressSchema, NEUTRAL_SOURCE } from "../../model/address.ts";
import { shownGroupcallSchema } from "../../model/groupcall.ts";
import { ringMethods } from "../../model/ring-method.ts";
import { resolveDestinations, resolveSource } from "../destinations.ts";
import { planOf, runnableFields } from "../runnable.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, found, idParameters, type Readable } from "./resource.ts";

const orderSchema = z.strictObject({
  source: addressSchema.optional().describe("Who calls, as the other side is to see it; Ringdown when absent."),
  destinations: z.array(addressSchema).min(1).max(50).describe("Whom to ring; the first who answers wins."),
  ring_method: z
    .enum([...ringMethods, "ringall"])
    .transform((method) => (method === "ringall" ? "ring_all" : method))
    .default("ring_all")
    .describe("`ring_all`: all at once. `linear`: one after the other."),
  ...runnableFields,
  early_execution: z.boolean().default(false).describe("Whether each flow starts at ringing, not at the answer."),
});

/** Calls of which the first that answers wins. */
export function groupcallRoutes(api: Api, services: HttpServices): void {
  const { storage, engine } = services;
  const { groupcalls } = storage;
  const readable: Readable<z.infer<typeof shownGroupcallSchema>> = {
    name: "groupcall",
    schema: shownGroupcallSchema,
    list: (customerId, page) => groupcalls.list(customerId, page),
    get: (id, customerId) => groupcalls.get(id, customerId),
  };
  addReading(api, readable);

  api.post("/groupcalls", {
    schema: {
      tags: ["groupcalls"],
      operationId: "create_groupcall",
      summary: "Rings several destinations, and runs a flow with the first that answers",
      body: orderSchema,
      response: { 201: shownGroupcallSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const { source = NEUTRAL_SOURCE, variables, early_execution: earlyExecution, ring_method: ringMethod } = body;
      const called = await resolveDestinations(body.destinations, customerId, services);
      const caller = await resolveSource(source, customerId, services);
      const plan = await planOf(body, customerId, services, [...caller.faults, ...called.faults]);
      const parties = { source: caller.address, destinations: called.addresses };
      const order = { customerId, ...parties, ...plan, variables, earlyExecution, ringMethod };
      return reply.code(201).send(await engine.placeGroupcall(order));
    },
  });

  api.post("/groupcalls/:id/hangup", {
    schema: {
      tags: ["groupcalls"],
      operationId: "hangup_groupcall",
      summary: "Hangs up every call of a group; nothing when it is over already",
      params: idParameters,
      response: { 200: shownGroupcallSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const groupcall = found(await groupcalls.get(params.id, customerId), "groupcall");
      if (groupcall.status !== "hangup") await engine.hangupGroupcall(groupcall.id);
      return found(await groupcalls.get(groupcall.id, customerId), "groupcall");
    },
  });
}
