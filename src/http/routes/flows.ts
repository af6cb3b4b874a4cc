import { z } from "zod";
import { type Flow, flowDocumentSchema, flowSchema } from "../../model/flow.ts";
import { checkFlow, findFaults } from "../check-flow.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { detailSchema } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { leaveBody } from "../validation.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

const faultsSchema = z.array(detailSchema).readonly();
const checkedFlowSchema = flowSchema
  .extend({ warnings: faultsSchema.describe("What is allowed, but probably not meant.") })
  .meta({ id: "CheckedFlow" });
const verdictSchema = z
  .object({ valid: z.boolean(), errors: faultsSchema, warnings: faultsSchema })
  .meta({ id: "FlowVerdict" });

/** Flows: what calls run. Their bodies are checked by the flow language itself, which finds every fault at once. */
export function flowRoutes(api: Api, services: HttpServices): void {
  const { storage, speechAhead, clock, ids } = services;
  const { flows } = storage;
  const readable: Readable<Flow> = {
    name: "flow",
    schema: flowSchema,
    list: (customerId, page) => flows.list(customerId, page),
    get: (id, customerId) => flows.get(id, customerId),
  };
  const now = () => new Date(clock.now()).toISOString();
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => flows.remove(id, customerId),
    "Runs that have begun go on to their end. Numbers that name the flow keep it: calls to them are refused with 404.",
  );

  /** The flow to store, and what is doubtful about it. */
  const checked = async (document: unknown, customerId: string) => {
    const { flow, warnings } = await checkFlow(document, customerId, services);
    const on_complete_flow_id = flowReference(flow.on_complete_flow_id);
    await requireFlows(flows, customerId, { on_complete_flow_id });
    return { fields: { ...flow, on_complete_flow_id }, warnings };
  };

  api.post("/flows", {
    validatorCompiler: leaveBody,
    schema: {
      tags: ["flows"],
      operationId: "create_flow",
      summary: "Stores a flow without errors",
      description: "The options of each action are in the JSON Schema at `/v1.0/schemas/flow.json`.",
      body: flowDocumentSchema,
      response: { 201: checkedFlowSchema },
    },
    handler: async (request, reply) => {
      const { fields, warnings } = await checked(request.body, request.customerId);
      const flow: Flow = {
        id: ids.next(),
        customer_id: request.customerId,
        ...fields,
        tm_create: now(),
        tm_update: now(),
      };
      await flows.create(flow);
      speechAhead.prepare(flow.actions);
      return reply.code(201).send({ ...flow, warnings });
    },
  });

  api.post("/flows/validate", {
    validatorCompiler: leaveBody,
    schema: {
      tags: ["flows"],
      operationId: "validate_flow",
      summary: "Tells what is wrong or doubtful in a flow, and stores nothing",
      body: flowDocumentSchema,
      response: { 200: verdictSchema },
    },
    handler: async (request) => {
      const { errors, warnings } = await findFaults(request.body, request.customerId, services);
      return { valid: errors.length === 0, errors, warnings };
    },
  });

  api.put("/flows/:id", {
    validatorCompiler: leaveBody,
    schema: {
      tags: ["flows"],
      operationId: "update_flow",
      summary: "Replaces the fields that are given; runs that have begun keep what they began with",
      params: idParameters,
      body: flowDocumentSchema.partial(),
      response: { 200: checkedFlowSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const stored = found(await flows.get(params.id, customerId), "flow");
      const { fields, warnings } = await checked(merged(stored, request.body), customerId);
      const flow = found(await flows.update(params.id, { ...fields, tm_update: now() }, customerId), "flow");
      speechAhead.prepare(flow.actions);
      return { ...flow, warnings };
    },
  });
}

/** The document that a change makes of a stored flow; what is no object is left to be refused as it is. */
function merged({ name, detail, actions, on_complete_flow_id }: Flow, changes: unknown): unknown {
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return changes;
  return { name, detail, actions, on_complete_flow_id, ...changes };
}
