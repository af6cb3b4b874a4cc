import { z } from "zod";
import { actionSchema } from "./action.ts";

export const chatbotcallStatuses = ["initiating", "progressing", "end"] as const;

export const chatbotcallEndings = ["actions", "over", "duration", "silence", "failed", "hangup", "left"] as const;
/**
 * Why a talk is over. `actions`: the chatbot gave a list of actions; `over`: it said that it was done; `duration`: its time
 * was up; `silence`: the caller said nothing for long; `left`: the caller's flow went elsewhere.
 */
export type ChatbotcallEnding = (typeof chatbotcallEndings)[number];

const messageSchema = z.object({
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  at: z.string(),
  interrupted: z.literal(true).optional().describe("The caller spoke before the rest was said, which is not here."),
});
export type ChatbotcallMessage = z.infer<typeof messageSchema>;

/** One talk of a caller with a chatbot. */
export const chatbotcallSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    chatbot_id: z.uuid(),
    chatbot_engine_type: z.string(),
    activeflow_id: z.uuid(),
    reference_type: z.literal("call"),
    reference_id: z.uuid().describe("The caller's call."),
    status: z.enum(chatbotcallStatuses),
    end_reason: z.enum(chatbotcallEndings).nullable(),
    gender: z.string().nullable(),
    language: z.string(),
    messages: z.array(messageSchema).readonly().describe("What both have said, in order."),
    actions: z.array(actionSchema).readonly().describe("What the flow went on with."),
    tm_create: z.string(),
    tm_end: z.string().nullable(),
    tm_update: z.string(),
  })
  .meta({ id: "Chatbotcall" });
export type Chatbotcall = z.infer<typeof chatbotcallSchema>;
