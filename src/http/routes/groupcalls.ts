import { z } from "zod";
import { type Groupcall, shownGroupcallSchema } from "../../model/groupcall.ts";
import { ringMethods } from "../../model/ring-method.ts";
import { destinationsSchema, orderFields, orderOf } from "../call-order.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const orderSchema = z.strictObject({
  ...orderFields,
  destinations: destinationsSchema.describe("Whom to ring; the first who answers wins."),
  ring_method: z
    .enum([...ringMethods, "ringall"])
    .transform((method) => (method === "ringall" ? "ring_all" : method))
    .default("ring_all")
    .describe("`ring_all`: all at once. `linear`: one after the other, each for 60 s at most."),
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

  /** The group, which is over then. */
  async function hungUp(id: string, customerId: string): Promise<Groupcall> {
    const groupcall = found(await groupcalls.get(id, customerId), "groupcall");
    if (groupcall.status === "hangup") return groupcall;
    await engine.hangupGroupcall(groupcall.id);
    return found(await groupcalls.get(groupcall.id, customerId), "groupcall");
  }

  addRemoval(
    api,
    { ...readable, get: hungUp },
    (id, customerId) => groupcalls.remove(id, customerId),
    "One that is live is hung up, with every call of it; the calls themselves stay on record.",
  );

  api.post("/groupcalls", {
    schema: {
      tags: ["groupcalls"],
      operationId: "create_groupcall",
      summary: "Rings several destinations, and runs a flow with the first that answers",
      body: orderSchema,
      response: { 201: shownGroupcallSchema },
    },
    handler: async (request, reply) => {
      const order = await orderOf(request.body, request.customerId, services);
      const { ring_method: ringMethod } = request.body;
      return reply.code(201).send(await engine.placeGroupcall({ ...order, ringMethod }));
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
    handler: async ({ customerId, params }) => hungUp(params.id, customerId),
  });
}
