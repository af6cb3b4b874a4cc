import { z } from "zod";
import { type Extension, extensionDocumentSchema, registeredExtensionSchema } from "../../model/extension.ts";
import type { Contact } from "../../ports/registrations.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { digestOfPassword, newPassword } from "../secrets.ts";
import type { Api, HttpServices } from "../services.ts";
import { unlessTaken } from "../taken.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

type Shown = z.infer<typeof registeredExtensionSchema>;

const newExtensionSchema = registeredExtensionSchema
  .extend({ password: z.string().optional().describe("The password that was generated, shown this once.") })
  .meta({ id: "NewExtension" });

const { password, name, detail, message_flow_id } = extensionDocumentSchema.shape;
/** The number stays: phones, and the password's digest, are tied to it. */
const changesSchema = z
  .strictObject({ password, name: name.unwrap(), detail: detail.unwrap(), message_flow_id })
  .partial();

/** How long somebody who reads waits for Asterisk to say who is registered. */
const REGISTRATIONS_LIMIT_MS = 2_000;

/** SIP accounts: usable as soon as they are made. */
export function extensionRoutes(api: Api, { storage, registrations, clock, ids, log }: HttpServices): void {
  const { extensions } = storage;
  /** With who is registered, as far as Asterisk can be asked. */
  async function shown(all: readonly Extension[]): Promise<Shown[]> {
    const names = all.map(({ extension }) => extension);
    const contacts = await registrations.of(names, AbortSignal.timeout(REGISTRATIONS_LIMIT_MS)).catch((error) => {
      log.warn({ err: error }, "no way to ask which phones are registered");
      return undefined;
    });
    return all.map((extension) => shownExtension(extension, contacts && (contacts.get(extension.extension) ?? [])));
  }
  async function shownOne(extension: Extension | undefined): Promise<Shown | undefined> {
    return extension && (await shown([extension]))[0];
  }
  const get = async (id: string, customerId: string) => shownOne(await extensions.get(id, customerId));
  const readable: Readable<Shown> = {
    name: "extension",
    schema: registeredExtensionSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await extensions.list(customerId, page);
      return { result: await shown(result), next_page_token };
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
      response: { 200: registeredExtensionSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const { password: given, message_flow_id: flowId, ...fields } = request.body;
      const { extension } = found(await extensions.get(params.id, customerId), "extension");
      const digest = given === undefined ? {} : digestOfPassword(extension, given);
      const flow = flowId === undefined ? {} : { message_flow_id: flowReference(flowId) };
      await requireFlows(storage.flows, customerId, flow);
      const changes = { ...fields, ...flow, ...digest, tm_update: now() };
      return found(await shownOne(await extensions.update(params.id, changes, customerId)), "extension");
    },
  });
}

function shownExtension(
  { digest: _kept, realm: _alsoKept, ...shown }: Extension,
  contacts: readonly Contact[] | undefined,
): Shown {
  if (!contacts) return { ...shown, registered: null, contacts: null };
  const phones = contacts.map(({ uri, userAgent, expiresAt }) => ({
    uri,
    user_agent: userAgent,
    tm_expire: expiresAt,
  }));
  return { ...shown, registered: phones.length > 0, contacts: phones };
}
