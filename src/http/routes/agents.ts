import { z } from "zod";
import { type Agent, agentDocumentSchema, agentSchema, settableAgentStatusSchema } from "../../model/agent.ts";
import { resolveAgent } from "../agent-references.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const { name, detail, addresses, tag_ids, ring_method } = agentDocumentSchema.shape;
/** The status has a way of its own: it changes while calls do. */
const changesSchema = z
  .strictObject({
    name,
    detail: detail.unwrap(),
    addresses,
    tag_ids: tag_ids.unwrap(),
    ring_method: ring_method.unwrap(),
  })
  .partial();

/** People who take calls. */
export function agentRoutes(api: Api, { storage, clock, ids }: HttpServices): void {
  const { agents } = storage;
  const readable: Readable<Agent> = {
    name: "agent",
    schema: agentSchema,
    list: (customerId, page) => agents.list(customerId, page),
    get: (id, customerId) => agents.get(id, customerId),
  };
  const now = () => new Date(clock.now()).toISOString();

  async function change(id: string, customerId: string, fields: z.output<typeof changesSchema>): Promise<Agent> {
    found(await agents.get(id, customerId), "agent");
    const named = await resolveAgent(fields, customerId, storage);
    return found(await agents.update(id, { ...fields, ...named, tm_update: now() }, customerId), "agent");
  }

  addReading(api, readable);
  addRemoval(api, readable, (id, customerId) => agents.remove(id, customerId), "Calls that are up go on.");

  api.post("/agents", {
    schema: {
      tags: ["agents"],
      operationId: "create_agent",
      summary: "Makes an agent, whom calls and queues can ring at once",
      body: agentDocumentSchema,
      response: { 201: agentSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const named = await resolveAgent(body, customerId, storage);
      const agent = {
        id: ids.next(),
        customer_id: customerId,
        ...body,
        ...named,
        tm_create: now(),
        tm_update: now(),
      };
      await agents.create(agent);
      return reply.code(201).send(agent);
    },
  });

  api.put("/agents/:id", {
    schema: {
      tags: ["agents"],
      operationId: "update_agent",
      summary: "Changes the fields that are given",
      params: idParameters,
      body: changesSchema,
      response: { 200: agentSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });

  api.put("/agents/:id/addresses", {
    schema: {
      tags: ["agents"],
      operationId: "update_agent_addresses",
      summary: "Replaces where the agent is reached",
      params: idParameters,
      body: z.strictObject({ addresses }),
      response: { 200: agentSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });

  api.put("/agents/:id/tag_ids", {
    schema: {
      tags: ["agents"],
      operationId: "update_agent_tag_ids",
      summary: "Replaces the tags of the agent",
      params: idParameters,
      body: z.strictObject({ tag_ids: tag_ids.unwrap() }),
      response: { 200: agentSchema },
    },
    handler: async ({ customerId, params, body }) => change(params.id, customerId, body),
  });

  api.put("/agents/:id/status", {
    schema: {
      tags: ["agents"],
      operationId: "update_agent_status",
      summary: "Says whether queues may ring the agent",
      params: idParameters,
      body: z.strictObject({ status: settableAgentStatusSchema.describe("Only who is `available` is rung.") }),
      response: { 200: agentSchema },
    },
    handler: async ({ customerId, params, body }) =>
      found(await agents.update(params.id, { ...body, tm_update: now() }, customerId), "agent"),
  });
}
