import { z } from "zod";

/**
 * What keeps an agent from being offered callers, as it is stored: a caller, some peace after one, or another call. `id` is
 * the agent's.
 */
export const agentDutySchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  /** The caller that it has, or had last; null for a call that no queue gave it. */
  queuecall_id: z.uuid().nullable(),
  /** The calls to its phones for that caller. */
  groupcall_id: z.uuid().nullable(),
  kind: z.enum(["ringing", "talking", "wrapping_up", "resting", "in_call"]),
  /** Whether the agent's status is ours to take back; not when its user has chosen one meanwhile. */
  holds_status: z.boolean(),
  /** When it is over by itself; null while the agent has a caller, or is in another call. */
  until_ms: z.number().nullable(),
  tm_create: z.string(),
  tm_update: z.string(),
});
export type AgentDuty = z.infer<typeof agentDutySchema>;
