import { z } from "zod";
import { optionalFlowIdSchema } from "./flow.ts";

/** What `ringdown doctor` dials to see where the dialplan leads: a call to it leaves no trace. */
export const DOCTORS_NUMBER = "ringdown-doctor";

/** Inbound routing: which flow answers a dialled number. */
export const numberDocumentSchema = z.strictObject({
  number: z
    .string()
    .regex(/^[A-Za-z0-9+#*_.-]{1,64}$/, "letters, digits and + # * _ . -, a trailing * matches any ending")
    .describe("The number as dialled; an ending `*` makes it a prefix. An exact match wins, then the longest prefix."),
  call_flow_id: optionalFlowIdSchema.describe("Flow for calls."),
  message_flow_id: optionalFlowIdSchema.describe("Flow for messages."),
  name: z.string().max(255).default(""),
  detail: z.string().max(4096).default(""),
});
export type NumberDocument = z.infer<typeof numberDocumentSchema>;

export const numberSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    number: z.string(),
    call_flow_id: z.uuid().nullable(),
    message_flow_id: z.uuid().nullable(),
    name: z.string(),
    detail: z.string(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Number" });
export type PhoneNumber = z.infer<typeof numberSchema>;
