import type { z } from "zod";
import { confbridgeDocumentSchema } from "../../model/confbridge.ts";
import { newConfbridge } from "../../model/new-conference.ts";
import { showConfbridges, shownConfbridgeSchema } from "../present-conference.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, type Readable } from "./resource.ts";

/** Confbridges: where calls hear each other, and nothing else. */
export function confbridgeRoutes(api: Api, { storage, engine, clock, ids }: HttpServices): void {
  const { confbridges } = storage;
  const readable: Readable<z.infer<typeof shownConfbridgeSchema>> = {
    name: "confbridge",
    schema: shownConfbridgeSchema,
    async get(id, customerId) {
      const confbridge = await confbridges.get(id, customerId);
      return confbridge && (await showConfbridges(storage, [confbridge]))[0];
    },
    async list(customerId, page) {
      const { result, next_page_token } = await confbridges.list(customerId, page);
      return { result: await showConfbridges(storage, result), next_page_token };
    },
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const { reference_type } = found(await confbridges.get(id, customerId), "confbridge");
      if (reference_type !== null) {
        throw new Problem("CONFBRIDGE_OWNED", "it belongs to a conference: remove that instead");
      }
      await engine.conferences.end(id);
      return confbridges.remove(id, customerId);
    },
    "Everybody in it is let go first: their flows go on. One that belongs to a conference goes with it.",
  );

  api.post("/confbridges", {
    schema: {
      tags: ["confbridges"],
      operationId: "create_confbridge",
      summary: "Makes a confbridge that calls can join at once",
      body: confbridgeDocumentSchema,
      response: { 201: shownConfbridgeSchema },
    },
    handler: async (request, reply) => {
      const { customerId: customer_id, body } = request;
      const tm_create = new Date(clock.now()).toISOString();
      const confbridge = newConfbridge({ id: ids.next(), customer_id, tm_create }, body.type);
      await confbridges.create(confbridge);
      const [shown] = await showConfbridges(storage, [confbridge]);
      return reply.code(201).send(found(shown, "confbridge"));
    },
  });
}
