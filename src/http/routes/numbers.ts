import { numberDocumentSchema, numberSchema, type PhoneNumber } from "../../model/number.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import type { Api, HttpServices } from "../services.ts";
import { unlessTaken } from "../taken.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const { name, detail } = numberDocumentSchema.shape;

/** As in a creation, but what is absent stays as it is instead of becoming empty. */
const numberChangesSchema = numberDocumentSchema.extend({ name: name.unwrap(), detail: detail.unwrap() }).partial();

/** Which flow answers a dialled number. */
export function numberRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { numbers, flows } = storage;
  const readable: Readable<PhoneNumber> = {
    name: "number",
    schema: numberSchema,
    list: (customerId, page) => numbers.list(customerId, page),
    get: (id, customerId) => numbers.get(id, customerId),
  };
  const now = () => new Date(clock.now()).toISOString();
  addReading(api, readable);
  addRemoval(api, readable, (id, customerId) => numbers.remove(id, customerId));

  api.post("/numbers", {
    schema: {
      tags: ["numbers"],
      operationId: "create_number",
      summary: "Says which flow answers a dialled number",
      body: numberDocumentSchema,
      response: { 201: numberSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const targets = targetsOf(body);
      await requireFlows(flows, customerId, targets);
      const number = {
        id: ids.next(),
        customer_id: customerId,
        ...body,
        call_flow_id: null,
        message_flow_id: null,
        ...targets,
        tm_create: now(),
        tm_update: now(),
      };
      await unlessTaken(unique(body.number), () => numbers.create(number));
      return reply.code(201).send(number);
    },
  });

  api.put("/numbers/:id", {
    schema: {
      tags: ["numbers"],
      operationId: "update_number",
      summary: "Changes the fields that are given",
      params: idParameters,
      body: numberChangesSchema,
      response: { 200: numberSchema },
    },
    handler: async (request) => {
      const { customerId, params, body } = request;
      found(await numbers.get(params.id, customerId), "number");
      const targets = targetsOf(body);
      await requireFlows(flows, customerId, targets);
      const changes = { ...body, ...targets, tm_update: now() };
      const update = () => numbers.update(params.id, changes, customerId);
      return found(await unlessTaken(unique(body.number), update), "number");
    },
  });
}

const unique = (value: string | undefined) => ({ kind: "number", path: "number", value });

type Targets = { call_flow_id?: string | null | undefined; message_flow_id?: string | null | undefined };

/** The flows that a body names, as they are stored; those it does not mention stay absent. */
function targetsOf({ call_flow_id, message_flow_id }: Targets): {
  call_flow_id?: string | null;
  message_flow_id?: string | null;
} {
  return {
    ...(call_flow_id === undefined ? {} : { call_flow_id: flowReference(call_flow_id) }),
    ...(message_flow_id === undefined ? {} : { message_flow_id: flowReference(message_flow_id) }),
  };
}
