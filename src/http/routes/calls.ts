import { z } from "zod";
import { type Call, callSchema } from "../../model/call.ts";
import { hangupReasons } from "../../model/hangup.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, found, idParameters, type Readable } from "./resource.ts";
import { addTimeline } from "./timeline.ts";

const hangupBodySchema = z
  .strictObject({
    reason: z.enum(hangupReasons).optional().describe("Why; decides the Q.850 cause. `normal` if absent."),
  })
  .nullish();

/** Calls that are, and that were. */
export function callRoutes(api: Api, { storage, engine }: HttpServices): void {
  const { calls, timeline } = storage;
  const readable: Readable<Call> = {
    name: "call",
    schema: callSchema,
    list: (customerId, page) => calls.list(customerId, page),
    get: (id, customerId) => calls.get(id, customerId),
  };
  addReading(api, readable);
  addTimeline(api, { name: "call", get: readable.get, factsOf: (id) => timeline.ofCall(id) });

  api.post("/calls/:id/hangup", {
    schema: {
      tags: ["calls"],
      operationId: "hangup_call",
      summary: "Hangs a call up; nothing when it is over already",
      params: idParameters,
      body: hangupBodySchema,
      response: { 200: callSchema },
    },
    handler: async (request) => {
      const { customerId, params, body } = request;
      const call = found(await calls.get(params.id, customerId), "call");
      if (call.status === "hangup") return call;
      await engine.hangupCall(call.id, body?.reason);
      return found(await calls.get(call.id, customerId), "call");
    },
  });
}
