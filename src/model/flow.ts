import { z } from "zod";
import { actionDocumentSchema, actionSchema } from "./action.ts";

/** A flow named by its id; empty, null, absent and all zeros mean none. */
export const optionalFlowIdSchema = z.union([z.literal(""), z.uuid("a UUID")]).nullish();

/** A flow as people send it. Each action's option is validated by `flow/validate.ts`. */
export const flowDocumentSchema = z.strictObject({
  name: z.string().max(255).default(""),
  detail: z.string().max(4096).default(""),
  actions: z.array(actionDocumentSchema).max(1000).describe("What to do, in order."),
  on_complete_flow_id: optionalFlowIdSchema.describe("Flow that runs whenever a run of this one has ended."),
});
export type FlowDocument = z.infer<typeof flowDocumentSchema>;

/** A stored flow; its actions have ids and validated options. */
export const flowSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    detail: z.string(),
    actions: z.array(actionSchema).readonly(),
    on_complete_flow_id: z.uuid().nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Flow" });
export type Flow = z.infer<typeof flowSchema>;
