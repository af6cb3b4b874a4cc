import { z } from "zod";
import { optionalFlowIdSchema } from "./flow.ts";

/** Longer than any call. */
const LONGEST_MS = 86_400_000;
const milliseconds = z.int().min(0).max(LONGEST_MS);

export const routingMethods = ["fifo", "random"] as const;
export type RoutingMethod = (typeof routingMethods)[number];

/** A queue as people send it. */
export const queueDocumentSchema = z.strictObject({
  name: z.string().max(255).default(""),
  detail: z.string().max(4096).default(""),
  // Any text, so that whoever gives a name instead of an id can be told the id.
  tag_ids: z
    .array(z.string().max(255))
    .max(100)
    .default([])
    .describe("An agent that has one of these tags may take its callers; any agent when there is none."),
  routing_method: z
    .enum(routingMethods)
    .default("fifo")
    .describe("Which of several free agents: `fifo` who has been so for longest, `random` any. Callers go in order."),
  wait_flow_id: optionalFlowIdSchema.describe("Flow that callers are in while they wait, again and again; else music."),
  wait_timeout: milliseconds.default(0).describe("How long a caller waits at most, ms; 0 has no limit."),
  service_timeout: milliseconds.default(0).describe("How long a talk lasts at most, ms; 0 has no limit."),
  ring_time: z
    .int()
    .min(1_000)
    .max(600_000)
    .default(20_000)
    .describe("How long an agent's phones ring, ms; so long each, if they ring one after the other (`linear`)."),
  rest_time: milliseconds
    .min(1_000)
    .default(10_000)
    .describe("How long an agent who did not answer is left in peace, ms."),
  wrap_up_time: milliseconds.default(0).describe("How long an agent stays busy after a talk, ms."),
});
export type QueueDocument = z.infer<typeof queueDocumentSchema>;

const count = z.int().min(0);

/** A queue as it is stored. */
export const queueSchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  name: z.string(),
  detail: z.string(),
  tag_ids: z.array(z.uuid()).readonly(),
  routing_method: z.enum(routingMethods),
  wait_flow_id: z.uuid().nullable(),
  wait_timeout: z.int(),
  service_timeout: z.int(),
  ring_time: z.int(),
  rest_time: z.int(),
  wrap_up_time: z.int(),
  total_incoming_count: count.describe("Callers who have joined."),
  total_serviced_count: count.describe("Callers whom an agent has talked to."),
  total_abandoned_count: count.describe("Callers who left before that."),
  tm_create: z.string(),
  tm_update: z.string(),
});
export type Queue = z.infer<typeof queueSchema>;

/** A queue as the API shows it. */
export const shownQueueSchema = queueSchema
  .extend({
    wait_queuecall_ids: z.array(z.uuid()).readonly().describe("Callers who wait, in order."),
    service_queuecall_ids: z.array(z.uuid()).readonly().describe("Callers who talk to an agent."),
  })
  .meta({ id: "Queue" });
