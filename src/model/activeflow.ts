import { z } from "zod";
import { actionDocumentSchema } from "./action.ts";

export const referenceTypes = ["call", "conversation", "api", "recording", "transcribe"] as const;
export type ReferenceType = (typeof referenceTypes)[number];

/** Why an activeflow ended: the flow's own endings, and those that come from outside it. */
export const endedReasons = [
  "finished",
  "stopped",
  "hangup",
  "target_missing",
  "step_limit",
  "jump_limit",
  "frame_limit",
  "duration_limit",
  "lost",
  "internal_error",
] as const;
export type EndedReason = (typeof endedReasons)[number];

/** One run of a flow, as the API shows it. */
export const activeflowSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    flow_id: z.string().nullable(),
    status: z.enum(["running", "ended"]),
    reference_type: z.enum(referenceTypes),
    reference_id: z.string().nullable(),
    reference_activeflow_id: z.uuid().nullable().describe("The run whose end started this one."),
    on_complete_flow_id: z.uuid().nullable(),
    current_action: actionDocumentSchema.nullable(),
    executed_actions: z.array(actionDocumentSchema).describe("What ran, oldest first; each with `tm_execute`."),
    variables: z.record(z.string(), z.string()),
    ended_reason: z.enum(endedReasons).nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
    tm_end: z.string().nullable(),
  })
  .meta({ id: "Activeflow" });
export type Activeflow = z.infer<typeof activeflowSchema>;
