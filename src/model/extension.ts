import { z } from "zod";
import { optionalFlowIdSchema } from "./flow.ts";
import { statusReasonSchema } from "./status-reason.ts";

/** Names of SIP parties that Asterisk's own configuration has (asterisk-config/pjsip.conf), or gives a meaning to. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(["anonymous", "loopback", "outbound", "ringdown"]);
/** Trunks are SIP parties of Asterisk too, each named for its id. */
const OF_TRUNKS = /^trunk-/i;

/** A SIP account, as people send it. */
export const extensionDocumentSchema = z.strictObject({
  extension: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "1 to 64 letters, digits, _ . or -")
    .refine(
      (name) => !TAKEN_NAMES.has(name.toLowerCase()) && !OF_TRUNKS.test(name),
      "a name that Ringdown does not use itself",
    )
    .describe("Number or name of the account: its SIP user, and what others dial. Unique among all customers."),
  password: z
    .string()
    .regex(/^[\x21-\x7e]{8,128}$/, "8 to 128 visible ASCII characters")
    .optional()
    .describe("Generated, and shown this once, when absent.")
    .meta({ writeOnly: true }),
  name: z.string().max(255).default("").describe("Shown to those whom it calls."),
  detail: z.string().max(4096).default(""),
  message_flow_id: optionalFlowIdSchema.describe(
    "Flow for texts that are sent to it, unless a number of that name has one.",
  ),
});
export type ExtensionDocument = z.infer<typeof extensionDocumentSchema>;

export const extensionStatuses = ["ready", "pending"] as const;

/** A SIP account as the API shows it. */
export const shownExtensionSchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  extension: z.string(),
  name: z.string(),
  detail: z.string(),
  message_flow_id: z.uuid().nullable(),
  status: z
    .enum(extensionStatuses)
    .describe("`ready`: phones can register. `pending`: stored; Asterisk gets it when it can be reached."),
  status_reason: statusReasonSchema,
  tm_create: z.string(),
  tm_update: z.string(),
});

/** A phone that is registered at a SIP account. */
const contactSchema = z
  .object({
    uri: z.string().describe("Where it is reached."),
    user_agent: z.string().nullable().describe("What it calls itself."),
    tm_expire: z.string().nullable().describe("It is forgotten then, unless it registers again."),
  })
  .meta({ id: "Contact" });

/** A SIP account as the API shows it, together with what Asterisk says of it now. */
export const registeredExtensionSchema = shownExtensionSchema
  .extend({
    registered: z.boolean().nullable().describe("Whether a phone is registered now; null: Asterisk can't be asked."),
    contacts: z.array(contactSchema).nullable().describe("The phones that are; null: Asterisk can't be asked."),
  })
  .meta({ id: "Extension" });

/** A SIP account as it is stored: instead of its password, what SIP's digest authentication makes of it. */
export const extensionSchema = shownExtensionSchema.extend({
  /** Those that were stored before there were texts have none. */
  message_flow_id: shownExtensionSchema.shape.message_flow_id.default(null),
  realm: z.string(),
  /** MD5 of `extension:realm:password`, hexadecimal. */
  digest: z.string(),
});
export type Extension = z.infer<typeof extensionSchema>;
