import { z } from "zod";
import { addressSchema } from "./address.ts";

export const queuecallStatuses = [
  "initiating",
  "waiting",
  "connecting",
  "service",
  "kicking",
  "done",
  "abandoned",
] as const;
export type QueuecallStatus = (typeof queuecallStatuses)[number];

/** Statuses of callers who are in the queue, or talk to its agent. */
export const liveStatuses = queuecallStatuses.filter((status) => !hasEnded(status));

export function hasEnded(status: QueuecallStatus): boolean {
  return status === "done" || status === "abandoned";
}

export const queuecallEndings = [
  "served",
  "service_timeout",
  "wait_timeout",
  "hangup",
  "kicked",
  "queue_removed",
  "left",
  "failed",
] as const;
/**
 * Why a caller is in the queue no longer. `served`: the talk is over; `hangup`: the caller hung up; `left`: the caller's
 * flow went elsewhere.
 */
export type QueuecallEnding = (typeof queuecallEndings)[number];

/** One caller's time in a queue, as it is stored. */
export const queuecallSchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  queue_id: z.uuid(),
  reference_type: z.literal("call"),
  reference_id: z.uuid().describe("The caller's call."),
  reference_activeflow_id: z.uuid().nullable(),
  source: addressSchema.describe("Who calls."),
  status: z.enum(queuecallStatuses),
  end_reason: z
    .enum(queuecallEndings)
    .nullable()
    .describe("Why it is over. `left`: the caller's flow went elsewhere while it waited."),
  service_agent_id: z.uuid().nullable().describe("Whose phones ring, or who talks or has talked to the caller."),
  groupcall_id: z.uuid().nullable().describe("The calls to that agent's phones."),
  timeout_wait: z.int(),
  timeout_service: z.int(),
  tm_create: z.string(),
  tm_service: z.string().nullable(),
  tm_end: z.string().nullable(),
  tm_update: z.string(),
  /** Who came before whom, also within a millisecond. Of all that wait, in any queue, each has its own. */
  ticket: z.int(),
});
export type Queuecall = z.infer<typeof queuecallSchema>;

/** One caller's time in a queue, as the API shows it. */
export const shownQueuecallSchema = queuecallSchema
  .omit({ ticket: true })
  .extend({
    position: z.int().nullable().describe("1 is next; null when the caller does not wait."),
    duration_waiting: z.int().describe("How long the caller has waited, ms."),
    duration_service: z.int().describe("How long the talk has lasted, ms."),
  })
  .meta({ id: "Queuecall" });
export type ShownQueuecall = z.infer<typeof shownQueuecallSchema>;

/** Whether nobody has talked to the caller yet, and it waits for that. */
export const isWaiting = ({ status }: Pick<Queuecall, "status">): boolean =>
  status === "initiating" || status === "waiting" || status === "connecting";

/** How long a caller has waited and talked until now, ms. */
export function durationsOf({ tm_create, tm_service, tm_end }: Queuecall, nowMs: number) {
  const end = tm_end === null ? nowMs : Date.parse(tm_end);
  const service = tm_service === null ? end : Date.parse(tm_service);
  return {
    duration_waiting: Math.max(0, service - Date.parse(tm_create)),
    duration_service: Math.max(0, end - service),
  };
}
