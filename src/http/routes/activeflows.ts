import { z } from "zod";
import { type Activeflow, activeflowSchema } from "../../model/activeflow.ts";
import { readActiveflow } from "../present-activeflow.ts";
import { planOf, runnableFields } from "../runnable.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";
import { addTimeline } from "./timeline.ts";

const startSchema = z.strictObject(runnableFields);

/** Runs of flows. One that is started here has no call: actions that need one are skipped. */
export function activeflowRoutes(api: Api, services: HttpServices): void {
  const { storage, engine } = services;
  const { activeflows, timeline } = storage;
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

  /** The run, which is over then. */
  async function stopped(id: string, customerId: string): Promise<Activeflow> {
    const record = found(await activeflows.get(id, customerId), "activeflow");
    if (record.status === "running") await engine.stopActiveflow(record.id);
    return found(await get(record.id, customerId), "activeflow");
  }

  addRemoval(
    api,
    { ...readable, get: stopped },
    (id, customerId) => activeflows.remove(id, customerId),
    "One that is running is stopped, and its call hung up. What it did with a call stays in the call's timeline.",
  );
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
      const { flowId, actions, onCompleteFlowId } = await planOf(body, customerId, services);
      const runnable = flowId === null ? { actions } : { flowId };
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
    handler: async ({ customerId, params }) => stopped(params.id, customerId),
  });
}
