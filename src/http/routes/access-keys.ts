import { z } from "zod";
import { type AccessKey, accessKeyDocumentSchema, shownAccessKeySchema } from "../../model/access-key.ts";
import { Problem } from "../problem.ts";
import { hashOfKey, newAccessKey } from "../secrets.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, type Readable } from "./resource.ts";

type Shown = z.infer<typeof shownAccessKeySchema>;

const newKeySchema = shownAccessKeySchema
  .extend({ key: z.string().describe("The key itself, shown this once.") })
  .meta({ id: "NewAccessKey" });

/** Keys to this API. */
export function accessKeyRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { accessKeys } = storage;
  const readable: Readable<Shown> = {
    name: "accesskey",
    schema: shownAccessKeySchema,
    async list(customerId, page) {
      const { result, next_page_token } = await accessKeys.list(customerId, page);
      return { result: result.map(shownKey), next_page_token };
    },
    async get(id, customerId) {
      const accessKey = await accessKeys.get(id, customerId);
      return accessKey && shownKey(accessKey);
    },
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      if (await accessKeys.removeUnlessLast(id, customerId)) return true;
      throw new Problem("LAST_KEY", "this is your last key: make another one first");
    },
    "Requests with the key are refused from now on. The last one stays. The key in `RINGDOWN_API_KEY` comes back at the next start: change it there.",
  );

  api.post("/accesskeys", {
    schema: {
      tags: ["accesskeys"],
      operationId: "create_accesskey",
      summary: "Makes a key, and shows it this once",
      body: accessKeyDocumentSchema,
      response: { 201: newKeySchema },
    },
    handler: async (request, reply) => {
      const key = newAccessKey();
      const now = new Date(clock.now()).toISOString();
      const { name } = request.body;
      const shown = { id: ids.next(), customer_id: request.customerId, name, tm_create: now, tm_update: now };
      await accessKeys.create({ ...shown, hash: hashOfKey(key) });
      return reply.code(201).send({ ...shown, key });
    },
  });
}

const shownKey = ({ hash: _kept, ...shown }: AccessKey): Shown => shown;
