import { z } from "zod";
import { type Chatbotcall, chatbotcallSchema, chatbotcallStatuses } from "../../model/chatbotcall.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { addReading, addRemoval, found, type Readable } from "./resource.ts";

/** Talks of callers with chatbots: what was said, and how it ended. */
export function chatbotcallRoutes(api: Api, { storage }: HttpServices): void {
  const { chatbotcalls } = storage;
  const readable: Readable<Chatbotcall> = {
    name: "chatbotcall",
    schema: chatbotcallSchema,
    filters: {
      chatbot_id: z.uuid("a UUID").toLowerCase(),
      reference_id: z.uuid("a UUID").toLowerCase(),
      status: z.enum(chatbotcallStatuses),
    },
    list: (customerId, page, filter) => chatbotcalls.list(customerId, page, filter),
    get: (id, customerId) => chatbotcalls.get(id, customerId),
  };
  addReading(api, readable);
  addRemoval(
    api,
    readable,
    async (id, customerId) => {
      const { status } = found(await chatbotcalls.get(id, customerId), "chatbotcall");
      if (status !== "end") throw new Problem("CHATBOTCALL_LIVE", "the caller talks with the chatbot");
      return chatbotcalls.remove(id, customerId);
    },
    "Of a talk that is over.",
  );
}
