import { z } from "zod";
import { actionDocumentSchema } from "./action.ts";

export const chatbotEngines = ["openai", "webhook", "script"] as const;
export type ChatbotEngine = (typeof chatbotEngines)[number];

const ruleSchema = z.strictObject({
  match: z
    .string()
    .min(1)
    .max(1_000)
    .refine(isRegularExpression, "a regular expression")
    .describe("A regular expression on what was understood, whatever its case."),
  reply: z
    .union([z.string().max(10_000), z.array(actionDocumentSchema).max(1_000)])
    .describe("What is said; or a list of actions that the flow goes on with, which ends the talk."),
});

/** A chatbot, as people send it, each field by itself. */
export const chatbotFieldsSchema = z.strictObject({
  name: z.string().max(255).default("").describe("For people."),
  detail: z.string().max(4_096).default(""),
  engine_type: z
    .enum(chatbotEngines)
    .describe(
      "Who thinks: `openai`, any server with OpenAI's protocol; `webhook`, a server of yours; `script`, the rules given here.",
    ),
  engine_url: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .nullable()
    .default(null)
    .describe("Where it is: with `openai` the base such as `http://ollama:11434/v1`, and OpenAI's own when absent."),
  engine_model: z.string().max(255).default("").describe("Which model it is to use, with `openai`."),
  engine_key: z
    .string()
    .min(1)
    .max(4_096)
    .nullable()
    .default(null)
    .describe("Its key, sent as `Authorization: Bearer`. Never shown again.")
    .meta({ writeOnly: true }),
  init_prompt: z
    .string()
    .max(32_768)
    .default("")
    .describe(
      "What it is told before all else; it opens the talk then. With `script`, the words with which that opens it.",
    ),
  script: z.array(ruleSchema).max(1_000).default([]).describe("With `script`: the first rule that matches replies."),
  thinks_ahead: z
    .boolean()
    .nullable()
    .default(null)
    .describe(
      "Whether it is asked as soon as the caller pauses, which may be too early; null: it is, unless it is a `webhook`, which has to tell such requests by their `is_final`.",
    ),
});

/** A chatbot, as people send it. */
export const chatbotDocumentSchema = chatbotFieldsSchema.superRefine(({ engine_type, engine_url, script }, refuse) => {
  if (engine_type === "webhook" && engine_url === null) {
    refuse.addIssue({ code: "custom", path: ["engine_url"], message: "needed: where your server is asked" });
  }
  if (engine_type !== "script" && script.length > 0) {
    refuse.addIssue({ code: "custom", path: ["script"], message: "only a chatbot of the type script has one" });
  }
});
export type ChatbotDocument = z.infer<typeof chatbotDocumentSchema>;

/** A chatbot as the API shows it. */
export const shownChatbotSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    detail: z.string(),
    engine_type: z.enum(chatbotEngines),
    engine_url: z.string().nullable(),
    engine_model: z.string(),
    init_prompt: z.string(),
    script: z.array(ruleSchema).readonly(),
    thinks_ahead: z.boolean().nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Chatbot" });

/** A chatbot as it is stored. Its key is readable: its server has to be shown it. */
export const chatbotSchema = shownChatbotSchema.extend({
  engine_key: z.string().nullable(),
  // Those that were stored before there was a choice.
  thinks_ahead: shownChatbotSchema.shape.thinks_ahead.default(null),
});
export type Chatbot = z.infer<typeof chatbotSchema>;

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, "iu") instanceof RegExp;
  } catch {
    return false;
  }
}
