import { z } from "zod";
import { isSystemVariable } from "../../flow/variables.ts";
import { actionDocumentSchema } from "../../model/action.ts";
import { type Activeflow, activeflowSchema } from "../../model/activeflow.ts";
import type { Runnable } from "../../ports/engine-control.ts";
import { checkActions } from "../check-flow.ts";
import { flowReference, requireFlows } from "../flow-references.ts";
import { readActiveflow } from "../present-activeflow.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, found, idParameters, type Readable } from "./resource.ts";
import { addTimeline } from "./timeline.ts";

const variableName = z.string().refine((name) => !isSystemVariable(name), "a name that the system does not set itself");

const startSchema = z.strictObject({
  flow_id: z.uuid("a UUID").nullish().describe("The flow to run; or give `actions`."),
  actions: z.array(actionDocumentSchema).optional().describe("What to run, checked as a flow is."),
  variables: z.record(variableName, z.string()).default({}).describe("What the run knows from its start."),
  on_complete_flow_id: z
    .uuid("a UUID")
    .nullish()
    .describe("Flow that runs when this run has ended; of `actions` only."),
});
type Start = z.output<typeof startSchema>;

/** Runs of flows. One that is started here has no call: actions that need one are skipped. */
export function activeflowRoutes(api: Api, services: HttpServices): void {
  const { storage, engine } = services;
  const { activeflows, timeline, flows } = storage;
  const get = async (id: string, customerId: string): Promise<Activeflow | undefined> => {
    const record = await activeflows.get(id, customerId);
    return record && readActiveflow(storage, record);
  };
  const readable: Readable<Activeflow> = {
    name: "activeflow",
    schema: activeflowSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await activeflows.list(customerId, page);
      return { result: await Promise.all(result.map((record) => readActiveflow(storage, record))), next_page_token };
    },
  };
  addReading(api, readable);
  addTimeline(api, {
    name: "activeflow",
    get: (id, customerId) => activeflows.get(id, customerId),
    factsOf: (id) => timeline.ofActiveflow(id),
  });

  api.post("/activeflows", {
    schema: {
      tags: ["activeflows"],
      operationId: "create_activeflow",
      summary: "Runs a flow, or actions, without a call",
      body: startSchema,
      response: { 201: activeflowSchema },
    },
    handler: async (request, reply) => {
      const { customerId, body } = request;
      const runnable = runnableOf(body, services);
      const flowId = "flowId" in runnable ? runnable.flowId : null;
      const named = { flow_id: flowId, on_complete_flow_id: flowReference(body.on_complete_flow_id) };
      await requireFlows(flows, customerId, named);
      const onCompleteFlowId = flowId
        ? found(await flows.get(flowId, customerId), "flow").on_complete_flow_id
        : named.on_complete_flow_id;
      const id = await engine.startActiveflow({ ...runnable, customerId, variables: body.variables, onCompleteFlowId });
      return reply.code(201).send(found(await get(id, customerId), "activeflow"));
    },
  });

  api.post("/activeflows/:id/stop", {
    schema: {
      tags: ["activeflows"],
      operationId: "stop_activeflow",
      summary: "Ends a run, and hangs up its call; nothing when it has ended already",
      params: idParameters,
      response: { 200: activeflowSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const record = found(await activeflows.get(params.id, customerId), "activeflow");
      if (record.status === "running") await engine.stopActiveflow(record.id);
      return found(await get(record.id, customerId), "activeflow");
    },
  });
}

/** Either a flow or actions: both at once would leave one of them ignored in silence. */
function runnableOf({ flow_id, actions }: Start, services: HttpServices): Runnable {
  const flowId = flowReference(flow_id);
  const given = Number(flowId !== null) + Number(actions !== undefined);
  if (given !== 1) {
    const message = given === 0 ? "give flow_id or actions" : "give flow_id or actions, not both";
    throw new Problem("INVALID_BODY", message, [{ path: "", message, expected: "one of: flow_id, actions" }]);
  }
  return flowId === null ? { actions: checkActions(actions, services) } : { flowId };
}
