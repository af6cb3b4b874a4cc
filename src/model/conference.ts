import { z } from "zod";
import { confbridgeTypes, conferenceTypeField } from "./confbridge.ts";
import { optionalFlowIdSchema } from "./flow.ts";

/** Two weeks, seconds: a timer takes no more than twenty-four days. */
const LONGEST_TIMEOUT = 1_209_600;

const dataField = z.record(z.string(), z.unknown()).default({}).describe("Whatever you keep with it.");

/** A conference, as people send it. */
export const conferenceDocumentSchema = z.strictObject({
  name: z.string().max(255).default(""),
  detail: z.string().max(4096).default(""),
  data: dataField,
  type: conferenceTypeField,
  timeout: z
    .int()
    .min(0)
    .max(LONGEST_TIMEOUT)
    .default(0)
    .describe("It ends so many seconds after it was made; 0: it does not."),
  locked: z.boolean().default(false).describe("Nobody else gets in; who is in stays."),
  pre_flow_id: optionalFlowIdSchema.describe("Flow that a call runs before it is put through."),
  post_flow_id: optionalFlowIdSchema.describe("Flow that a call runs when it comes out again, unless it hangs up."),
});

export const conferenceStatuses = ["starting", "progressing", "terminating", "terminated"] as const;

export const conferenceSchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  type: z.enum(confbridgeTypes),
  status: z
    .enum(conferenceStatuses)
    .describe("`starting`: nobody has been in it; `progressing`; `terminating`: they are being let go; `terminated`."),
  name: z.string(),
  detail: z.string(),
  data: dataField,
  timeout: z.int(),
  locked: z.boolean(),
  pre_flow_id: z.uuid().nullable(),
  post_flow_id: z.uuid().nullable(),
  confbridge_id: z.uuid().describe("Where its calls hear each other."),
  tm_end: z.string().nullable(),
  tm_create: z.string(),
  tm_update: z.string(),
});
export type Conference = z.infer<typeof conferenceSchema>;

/** Whether calls can still get in; not whether it is locked. */
export const isOpen = ({ status }: { readonly status: string }): boolean =>
  status === "starting" || status === "progressing";
