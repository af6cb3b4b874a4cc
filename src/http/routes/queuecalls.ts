import { hasEnded, type Queuecall, type ShownQueuecall, shownQueuecallSchema } from "../../model/queuecall.ts";
import { showQueuecalls } from "../present-queue.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

/** Callers who are, or were, in a queue. */
export function queuecallRoutes(api: Api, { storage, engine, clock }: HttpServices): void {
  const { queuecalls } = storage;
  const show = (shown: readonly Queuecall[]) => showQueuecalls(queuecalls, shown, clock.now());
  const get = async (id: string, customerId: string): Promise<ShownQueuecall | undefined> => {
    const queuecall = await queuecalls.get(id, customerId);
    return queuecall && (await show([queuecall]))[0];
  };
  const readable: Readable<ShownQueuecall> = {
    name: "queuecall",
    schema: shownQueuecallSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await queuecalls.list(customerId, page);
      return { result: await show(result), next_page_token };
    },
  };

  async function kick(queuecall: Queuecall | undefined, customerId: string): Promise<ShownQueuecall> {
    const { id } = found(queuecall, "queuecall");
    await engine.kickQueuecall(id);
    return found(await get(id, customerId), "queuecall");
  }

  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const { status } = found(await queuecalls.get(id, customerId), "queuecall");
      if (!hasEnded(status)) throw new Problem("QUEUECALL_LIVE", "the caller is in the queue: kick it first");
      return queuecalls.remove(id, customerId);
    },
    "Of a caller who is in the queue no longer.",
  );

  const description = "Its flow goes on with the next action; the agent, if there is one, is hung up.";
  const response = { 200: shownQueuecallSchema };

  api.post("/queuecalls/:id/kick", {
    schema: {
      tags: ["queuecalls"],
      operationId: "kick_queuecall",
      summary: "Puts a caller out of its queue; nothing when it has left",
      description,
      params: idParameters,
      response,
    },
    handler: async ({ customerId, params }) => kick(await queuecalls.get(params.id, customerId), customerId),
  });

  api.post("/queuecalls/reference_id/:id/kick", {
    schema: {
      tags: ["queuecalls"],
      operationId: "kick_queuecall_by_reference",
      summary: "The same, by the id of the caller's call",
      description,
      params: idParameters,
      response,
    },
    handler: async ({ customerId, params }) => kick(await queuecalls.liveOfCall(params.id, customerId), customerId),
  });
}
