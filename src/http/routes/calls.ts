import { z } from "zod";
import { type Call, shownCallSchema } from "../../model/call.ts";
import { shownGroupcallSchema } from "../../model/groupcall.ts";
import { type HangupReason, hangupReasons } from "../../model/hangup.ts";
import { destinationsSchema, orderFields, orderOf } from "../call-order.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";
import { addTimeline } from "./timeline.ts";

const hangupBodySchema = z
  .strictObject({
    reason: z.enum(hangupReasons).optional().describe("Why; decides the Q.850 cause. `normal` if absent."),
  })
  .nullish();

const orderSchema = z.strictObject({
  ...orderFields,
  destinations: destinationsSchema.describe(
    "Whom to call. Each is a call of its own; an extension or an agent is a group of calls, one for each phone.",
  ),
});
const placedSchema = z
  .object({
    calls: z.array(shownCallSchema).readonly().describe("Every call, those of groups too."),
    groupcalls: z.array(shownGroupcallSchema).readonly(),
  })
  .meta({ id: "PlacedCalls" });

/** Calls that are, and that were. */
export function callRoutes(api: Api, services: HttpServices): void {
  const { storage, engine } = services;
  const { calls, timeline } = storage;
  const readable: Readable<z.infer<typeof shownCallSchema>> = {
    name: "call",
    schema: shownCallSchema,
    list: (customerId, page) => calls.list(customerId, page),
    get: (id, customerId) => calls.get(id, customerId),
  };
  addReading(api, readable);

  /** The call, which is over then. */
  async function hungUp(id: string, customerId: string, reason?: HangupReason): Promise<Call> {
    const call = found(await calls.get(id, customerId), "call");
    if (call.status === "hangup") return call;
    await engine.hangupCall(call.id, reason);
    return found(await calls.get(call.id, customerId), "call");
  }

  addRemoval(
    api,
    { ...readable, get: hungUp },
    (id, customerId) => calls.remove(id, customerId),
    "Together with its timeline; one that is live is hung up. Its run, its recordings and its transcriptions stay.",
  );
  addTimeline(api, { name: "call", get: readable.get, factsOf: (id) => timeline.ofCall(id) });

  api.post("/calls", {
    schema: {
      tags: ["calls"],
      operationId: "create_call",
      summary: "Calls SIP addresses, telephone numbers, extensions and agents, and runs a flow with each that answers",
      body: orderSchema,
      response: { 201: placedSchema },
    },
    handler: async (request, reply) => {
      const order = await orderOf(request.body, request.customerId, services);
      return reply.code(201).send(await engine.placeCalls(order));
    },
  });

  api.post("/calls/:id/hangup", {
    schema: {
      tags: ["calls"],
      operationId: "hangup_call",
      summary: "Hangs a call up; nothing when it is over already",
      params: idParameters,
      body: hangupBodySchema,
      response: { 200: shownCallSchema },
    },
    handler: async ({ customerId, params, body }) => hungUp(params.id, customerId, body?.reason),
  });
}
