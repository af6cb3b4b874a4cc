import { z } from "zod";
import { actionSchema } from "./action.ts";
import { addressSchema } from "./address.ts";
import { dialTargetSchema } from "./dial-target.ts";
import { ringMethods } from "./ring-method.ts";

export const groupcallStatuses = ["progressing", "hangingup", "hangup"] as const;

/** A group of calls that ring for one purpose, as the API shows it: the first that answers wins. */
export const shownGroupcallSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    status: z.enum(groupcallStatuses),
    flow_id: z.string().nullable(),
    source: addressSchema,
    destinations: z.array(addressSchema).readonly(),
    master_call_id: z.uuid().nullable().describe("The call whose flow made it."),
    ring_method: z.enum(ringMethods).describe("All at once, or one after the other."),
    answer_method: z.literal("hangup_others"),
    answer_call_id: z.uuid().nullable().describe("The call that answered."),
    call_ids: z.array(z.uuid()).readonly().describe("Calls that have been made."),
    call_count: z.int().describe("Calls that are left to answer or to end."),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Groupcall" });

/** Why somebody can't be dialled, with the Q.850 cause that this is. */
const dialFaultSchema = z.object({ why: z.string(), cause: z.int() }).readonly();
export type DialFault = z.infer<typeof dialFaultSchema>;

/** One call that the group makes; it has no target when `fault` says why it can't be dialled. */
const legSchema = z
  .object({
    callId: z.uuid(),
    activeflowId: z.uuid(),
    destination: addressSchema,
    targets: z.array(dialTargetSchema).readonly(),
    fault: dialFaultSchema.optional(),
  })
  .readonly();
export type GroupLeg = z.infer<typeof legSchema>;

/**
 * Whom a group rings: its lines ring at the same time; of a line, one stage after the other; of a stage, all legs at
 * the same time.
 */
const lineSchema = z.array(z.array(legSchema).readonly()).readonly();
export type GroupLine = z.infer<typeof lineSchema>;

/** What each call of a group runs when it has answered first. */
const groupRunSchema = z
  .object({
    flowId: z.string().nullable(),
    actions: z.array(actionSchema).readonly(),
    onCompleteFlowId: z.string().nullable(),
    variables: z.record(z.string(), z.string()),
    earlyExecution: z.boolean(),
  })
  .readonly();
export type GroupRun = z.infer<typeof groupRunSchema>;

/** A group as it is stored. */
export const groupcallSchema = shownGroupcallSchema.extend({
  lines: z.array(lineSchema).readonly(),
  ring_ms: z.number(),
  hops: z.int(),
  /** How many calls are made at once, those of the group among them, that may come back to us. */
  among: z.int().optional(),
  chained: z.boolean(),
  /** The step, or whatever else, that does something with whoever answers; null when each call has a run of its own. */
  owner: z.string().nullable(),
  run: groupRunSchema.nullable(),
});
export type Groupcall = z.infer<typeof groupcallSchema>;
