import type { z } from "zod";
import { type Queue, queueDocumentSchema, shownQueueSchema } from "../../model/queue.ts";
import { resolveTags } from "../agent-references.ts";
import { flowReference, requireFlows, unknownFlows } from "../flow-references.ts";
import { showQueues } from "../present-queue.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

type Shown = z.infer<typeof shownQueueSchema>;

const { shape } = queueDocumentSchema;
/** As in a creation, but what is absent stays as it is. */
const changesSchema = queueDocumentSchema
  .extend({
    name: shape.name.unwrap(),
    detail: shape.detail.unwrap(),
    tag_ids: shape.tag_ids.unwrap(),
    routing_method: shape.routing_method.unwrap(),
    wait_timeout: shape.wait_timeout.unwrap(),
    service_timeout: shape.service_timeout.unwrap(),
    ring_time: shape.ring_time.unwrap(),
    rest_time: shape.rest_time.unwrap(),
    wrap_up_time: shape.wrap_up_time.unwrap(),
  })
  .partial();
type Changes = z.output<typeof changesSchema>;

/** Where callers wait for agents. */
export function queueRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { queues, queuecalls, flows } = storage;
  const get = async (id: string, customerId: string): Promise<Shown | undefined> => {
    const queue = await queues.get(id, customerId);
    return queue && (await showQueues(queuecalls, [queue]))[0];
  };
  const readable: Readable<Shown> = {
    name: "queue",
    schema: shownQueueSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await queues.list(customerId, page);
      return { result: await showQueues(queuecalls, result), next_page_token };
    },
  };
  const now = () => new Date(clock.now()).toISOString();

  /** What the body names, as it is stored. */
  async function resolved({ tag_ids, wait_flow_id }: Changes, customerId: string): Promise<Partial<Queue>> {
    const tags = tag_ids && (await resolveTags(tag_ids, customerId, storage));
    const flow = wait_flow_id === undefined ? {} : { wait_flow_id: flowReference(wait_flow_id) };
    if (tags && tags.faults.length > 0) {
      const faults = [...tags.faults, ...(await unknownFlows(flows, customerId, flow))];
      throw new Problem("INVALID_BODY", "the body is not valid", faults);
    }
    await requireFlows(flows, customerId, flow);
    return { ...(tags && { tag_ids: tags.value }), ...flow };
  }

  async function change(id: string, customerId: string, fields: Changes): Promise<Shown> {
    found(await queues.get(id, customerId), "queue");
    const named = await resolved(fields, customerId);
    const { tag_ids: _tags, wait_flow_id: _flow, ...rest } = fields;
    found(await queues.update(id, { ...rest, ...named, tm_update: now() }, customerId), "queue");
    return found(await get(id, customerId), "queue");
  }

  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => queues.remove(id, customerId),
    "Callers who wait in it go on with the next action of their flow; those who talk go on talking.",
  );

  api.post("/queues", {
    schema: {
      tags: ["queues"],
      operationId: "create_queue",
      summary: "Makes a queue, which callers join by `queue_join`",
      body: queueDocumentSchema,
      response: { 201: shownQueueSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const queue: Queue = {
        id: ids.next(),
        customer_id: customerId,
        ...body,
        wait_flow_id: null,
        ...(await resolved(body, customerId)),
        total_incoming_count: 0,
        total_serviced_count: 0,
        total_abandoned_count: 0,
        tm_create: now(),
        tm_update: now(),
      };
      await queues.create(queue);
      return reply.code(201).send({ ...queue, wait_queuecall_ids: [], service_queuecall_ids: [] });
    },
  });

  api.put("/queues/:id", {
    schema: {
      tags: ["queues"],
      operationId: "update_queue",
      summary: "Changes the fields that are given; timeouts count for who joins from now on",
      params: idParameters,
      body: changesSchema,
      response: { 200: shownQueueSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });

  api.put("/queues/:id/tag_ids", {
    schema: {
      tags: ["queues"],
      operationId: "update_queue_tag_ids",
      summary: "Replaces the tags of which an agent needs one",
      params: idParameters,
      body: changesSchema.pick({ tag_ids: true }).required(),
      response: { 200: shownQueueSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });

  api.put("/queues/:id/routing_method", {
    schema: {
      tags: ["queues"],
      operationId: "update_queue_routing_method",
      summary: "Says which of several free agents is rung",
      params: idParameters,
      body: changesSchema.pick({ routing_method: true }).required(),
      response: { 200: shownQueueSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });
}
