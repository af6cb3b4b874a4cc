import { z } from "zod";
import { type Conferencecall, conferencecallSchema, conferencecallStatuses } from "../../model/conferencecall.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, found, idParameters, type Readable } from "./resource.ts";

/** Calls in conferences: who is and was in them. */
export function conferencecallRoutes(api: Api, { storage, engine }: HttpServices): void {
  const { conferencecalls } = storage;
  const readable: Readable<Conferencecall> = {
    name: "conferencecall",
    schema: conferencecallSchema,
    filters: {
      conference_id: z.uuid("a UUID").toLowerCase(),
      confbridge_id: z.uuid("a UUID").toLowerCase(),
      reference_id: z.uuid("a UUID").toLowerCase(),
      status: z.enum(conferencecallStatuses),
    },
    list: (customerId, page, filter) => conferencecalls.list(customerId, page, filter),
    get: (id, customerId) => conferencecalls.get(id, customerId),
  };
  addReading(api, readable);

  const shown = async (id: string, customerId: string) =>
    found(await conferencecalls.get(id, customerId), "conferencecall");

  api.delete("/conferencecalls/:id", {
    schema: {
      tags: ["conferencecalls"],
      operationId: "delete_conferencecall",
      summary: "Takes a call out of its conference; its flow goes on. Nothing when it is out already",
      params: idParameters,
      response: { 200: conferencecallSchema },
    },
    handler: async ({ customerId, params }) => {
      const { id } = await shown(params.id, customerId);
      await engine.conferences.kick(id);
      return shown(id, customerId);
    },
  });

  const addMuting = (method: "POST" | "DELETE", operationId: string, summary: string) =>
    api.route({
      method,
      url: "/conferencecalls/:id/mute",
      schema: {
        tags: ["conferencecalls"],
        operationId,
        summary,
        params: idParameters,
        response: { 200: conferencecallSchema },
      },
      handler: async ({ customerId, params }) => {
        const { id, status } = await shown(params.id, customerId);
        if (status === "leaved") throw new Problem("CONFERENCECALL_OVER", "the call has left the conference");
        await engine.conferences.setMuted(id, method === "POST");
        return shown(id, customerId);
      },
    });
  addMuting("POST", "mute_conferencecall", "Lets the others not hear a call, until it leaves or this is undone");
  addMuting("DELETE", "unmute_conferencecall", "Lets the others hear a call again");
}
