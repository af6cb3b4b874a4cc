import type { z } from "zod";
import { shownTrunkSchema, type Trunk, trunkDocumentSchema, trunkFieldsSchema } from "../../model/trunk.ts";
import type { Api, HttpServices } from "../services.ts";
import { checkDocument, leaveBody } from "../validation.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

type Shown = z.infer<typeof shownTrunkSchema>;

/** Carriers: usable as soon as they are made. */
export function trunkRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { trunks } = storage;
  const get = async (id: string, customerId: string): Promise<Shown | undefined> => {
    const trunk = await trunks.get(id, customerId);
    return trunk && shownTrunk(trunk);
  };
  const readable: Readable<Shown> = {
    name: "trunk",
    schema: shownTrunkSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await trunks.list(customerId, page);
      return { result: result.map(shownTrunk), next_page_token };
    },
  };
  const now = () => new Date(clock.now()).toISOString();
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => trunks.remove(id, customerId),
    "No call goes through it any more; calls that are up go on.",
  );

  api.post("/trunks", {
    schema: {
      tags: ["trunks"],
      operationId: "create_trunk",
      summary: "Makes a carrier known, through which telephone numbers can be called at once",
      description: "Which numbers may be called at all is a setting: `RINGDOWN_OUTBOUND_ALLOW`.",
      body: trunkDocumentSchema,
      response: { 201: shownTrunkSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const id = ids.next();
      const [tm_create, tm_update] = [now(), now()];
      await trunks.create({
        id,
        customer_id: customerId,
        ...body,
        status: "pending",
        status_reason: null,
        tm_create,
        tm_update,
      });
      return reply.code(201).send(found(await get(id, customerId), "trunk"));
    },
  });

  api.put("/trunks/:id", {
    // What is right in a change depends on what it leaves as it is: a password without a username is none.
    validatorCompiler: leaveBody,
    schema: {
      tags: ["trunks"],
      operationId: "update_trunk",
      summary: "Changes the fields that are given",
      params: idParameters,
      body: trunkFieldsSchema.partial(),
      response: { 200: shownTrunkSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const stored = found(await trunks.get(params.id, customerId), "trunk");
      const changes = { ...checkDocument(merged(stored, request.body), trunkDocumentSchema), tm_update: now() };
      return shownTrunk(found(await trunks.update(params.id, changes, customerId), "trunk"));
    },
  });
}

const shownTrunk = ({ password: _kept, ...shown }: Trunk): Shown => shown;

/** The document that a change makes of a stored trunk; what is no object is left to be refused as it is. */
function merged(stored: Trunk, changes: unknown): unknown {
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return changes;
  const {
    id: _id,
    customer_id: _owner,
    status: _state,
    status_reason: _why,
    tm_create: _made,
    tm_update: _changed,
    ...document
  } = stored;
  return { ...document, ...changes };
}
