import type { z } from "zod";
import type { Fault } from "../../flow/fault.ts";
import { validateActions } from "../../flow/validate.ts";
import {
  type Chatbot,
  type ChatbotDocument,
  chatbotDocumentSchema,
  chatbotFieldsSchema,
  shownChatbotSchema,
} from "../../model/chatbot.ts";
import { Problem } from "../problem.ts";
import type { Api, HttpServices } from "../services.ts";
import { checkDocument, leaveBody } from "../validation.ts";
import { addReading, addRemoval, found, idParameters, type Readable } from "./resource.ts";

type Shown = z.infer<typeof shownChatbotSchema>;

/** Who callers talk with by `chatbot_talk`. */
export function chatbotRoutes(api: Api, { storage, catalogue, clock, ids }: HttpServices): void {
  const { chatbots } = storage;
  const get = async (id: string, customerId: string): Promise<Shown | undefined> => {
    const chatbot = await chatbots.get(id, customerId);
    return chatbot && shownChatbot(chatbot);
  };
  const readable: Readable<Shown> = {
    name: "chatbot",
    schema: shownChatbotSchema,
    get,
    async list(customerId, page) {
      const { result, next_page_token } = await chatbots.list(customerId, page);
      return { result: result.map(shownChatbot), next_page_token };
    },
  };
  const now = () => new Date(clock.now()).toISOString();

  /** Lists of actions that a script replies with can run, or are refused now, and not while a caller waits. */
  function checkScript({ script }: ChatbotDocument): void {
    const faults = script.flatMap(({ reply }, index): readonly Fault[] => {
      if (typeof reply === "string") return [];
      const { errors } = validateActions(reply, { catalogue, nextId: ids.next });
      return errors.map((fault) => ({ ...fault, path: `script[${index}].reply${fault.path.replace(/^actions/, "")}` }));
    });
    if (faults.length > 0) throw new Problem("INVALID_FLOW", "a reply of the script can't be run", faults);
  }

  addReading(api, readable);
  addRemoval(
    api,
    readable,
    (id, customerId) => chatbots.remove(id, customerId),
    "Talks with it that have begun go on.",
  );

  api.post("/chatbots", {
    schema: {
      tags: ["chatbots"],
      operationId: "create_chatbot",
      summary: "Makes a chatbot, with which callers talk by `chatbot_talk`",
      body: chatbotDocumentSchema,
      response: { 201: shownChatbotSchema },
    },
    handler: async ({ customerId, body }, reply) => {
      checkScript(body);
      const [tm_create, tm_update] = [now(), now()];
      const chatbot = { id: ids.next(), customer_id: customerId, ...body, tm_create, tm_update };
      await chatbots.create(chatbot);
      return reply.code(201).send(shownChatbot(chatbot));
    },
  });

  api.put("/chatbots/:id", {
    // What is right in a change depends on what it leaves as it is.
    validatorCompiler: leaveBody,
    schema: {
      tags: ["chatbots"],
      operationId: "update_chatbot",
      summary: "Changes the fields that are given; talks that have begun go on as they were",
      params: idParameters,
      body: chatbotFieldsSchema.partial(),
      response: { 200: shownChatbotSchema },
    },
    handler: async (request) => {
      const { customerId, params } = request;
      const stored = found(await chatbots.get(params.id, customerId), "chatbot");
      const document = checkDocument(merged(stored, request.body), chatbotDocumentSchema);
      checkScript(document);
      const changed = await chatbots.update(params.id, { ...document, tm_update: now() }, customerId);
      return shownChatbot(found(changed, "chatbot"));
    },
  });
}

const shownChatbot = ({ engine_key: _kept, ...shown }: Chatbot): Shown => shown;

/** The document that a change makes of a stored chatbot; what is no object is left to be refused as it is. */
function merged(stored: Chatbot, changes: unknown): unknown {
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return changes;
  const { id: _id, customer_id: _owner, tm_create: _made, tm_update: _changed, ...document } = stored;
  return { ...document, ...changes };
}
