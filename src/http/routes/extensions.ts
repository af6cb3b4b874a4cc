import { z } from "zod";
import { type Extension, extensionDocumentSchema, shownExtensionSchema } from "../../model/extension.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { digestOfPassword, newPassword } from "../secrets.ts";
import type { Api, HttpServices } from "../services.ts";
import { unlessTaken } from "../taken.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

type Shown = z.infer<typeof shownExtensionSchema>;

const newExtensionSchema = shownExtensionSchema
  .extend({ password: z.string().optional().describe("The password that was generated, shown this once.") })
  .meta({ id: "NewExtension" });

const { password, name, detail, message_flow_id } = extensionDocumentSchema.shape;
/** The number stays: phones, and the password's digest, are tied to it. */
const changesSchema = z
  .strictObject({ password, name: name.unwrap(), detail: detail.unwrap(), message_flow_id })
  .partial();

/** SIP accounts: usable as soon as they are made. */
export function extensionRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { extensions } = storage;
  const get = async (id: string, customerId: string): Promise<Shown | undefined> => {
    const extension = await extensions.get(id, customerId);
    return extension && shownExtension(extension);
  };
  const readable: Readable<Shown> = {
    name: "extension",
    schema: shownExtensionSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await extensions.list(customerId, page);
      return { result: result.map(shownExtension), next_page_token };
    },
  };
  const now = () => new Date(clock.now()).toISOString();
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => extensions.remove(id, customerId),
    "Its phones can neither register nor call any more; calls that are up go on.",
  );

  api.post("/extensions", {
    schema: {
      tags: ["extensions"],
      operationId: "create_extension",
      summary: "Makes a SIP account that phones can register with at once",
      body: extensionDocumentSchema,
      response: { 201: newExtensionSchema },
    },
    handler: async (request, reply) => {
      const { customerId } = request;
      const { password: given, ...fields } = request.body;
      const chosen = given ?? newPassword();
      const message_flow_id = flowReference(fields.message_flow_id);
      await requireFlows(storage.flows, customerId, { message_flow_id });
      const id = ids.next();
      const extension = {
        id,
        customer_id: customerId,
        ...fields,
        message_flow_id,
        ...digestOfPassword(fields.extension, chosen),
        status: "pending",
        status_reason: null,
        tm_create: now(),
        tm_update: now(),
      } as const;
      const unique = { kind: "extension", path: "extension", value: fields.extension };
      await unlessTaken(unique, () => extensions.create(extension));
      const made = found(await get(id, customerId), "extension");
      return reply.code(201).send({ ...made, ...(given === undefined ? { password: chosen } : {}) });
    },
  });

  api.put("/extensions/:id", {
    schema: {
      tags: ["extensions"],
      operationId: "update_extension",
      summary: "Changes the fields that are given, a password at once",
      params: idParameters,
      body: changesSchema,
      response: { 200: shownExtensionSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const { password: given, message_flow_id: flowId, ...fields } = request.body;
      const { extension } = found(await extensions.get(params.id, customerId), "extension");
      const digest = given === undefined ? {} : digestOfPassword(extension, given);
      const flow = flowId === undefined ? {} : { message_flow_id: flowReference(flowId) };
      await requireFlows(storage.flows, customerId, flow);
      const changes = { ...fields, ...flow, ...digest, tm_update: now() };
      return shownExtension(found(await extensions.update(params.id, changes, customerId), "extension"));
    },
  });
}

const shownExtension = ({ digest: _kept, realm: _alsoKept, ...shown }: Extension): Shown => shown;
