import { z } from "zod";
import { addressSchema } from "./address.ts";
import { type RingMethod, ringMethods } from "./ring-method.ts";

export const agentStatuses = ["available", "away", "busy", "offline", "ringing"] as const;
export type AgentStatus = (typeof agentStatuses)[number];

/** Those that people may set: that it rings, only a call can. */
export const settableAgentStatusSchema = z.enum(["available", "away", "busy", "offline"]);

/** More phones than a person has; each rings at once. */
const MAX_ADDRESSES = 20;
const MAX_TAGS = 100;

/** A person who takes calls, as people send it. */
export const agentDocumentSchema = z.strictObject({
  name: z.string().min(1).max(255),
  detail: z.string().max(4096).default(""),
  addresses: z
    .array(addressSchema)
    .max(MAX_ADDRESSES)
    .describe("Where the agent is reached: addresses of type sip, extension or tel."),
  // Any text, so that whoever gives a name instead of an id can be told the id.
  tag_ids: z.array(z.string().max(255)).max(MAX_TAGS).default([]).describe("Ids of the tags that the agent has."),
  ring_method: z
    .enum([...ringMethods, "ringall"])
    .transform((method): RingMethod => (method === "ringall" ? "ring_all" : method))
    .default("ring_all")
    .describe(
      "`ring_all`: all addresses at once. `linear`: one after the other, each for the whole ring time. `ringall` is another spelling.",
    ),
  status: settableAgentStatusSchema
    .default("available")
    .describe("Whether queues may ring the agent: only who is `available` is rung."),
});
export type AgentDocument = z.infer<typeof agentDocumentSchema>;

export const agentSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    detail: z.string(),
    addresses: z.array(addressSchema),
    tag_ids: z.array(z.uuid()),
    ring_method: z.enum(ringMethods),
    status: z
      .enum(agentStatuses)
      .describe(
        "`ringing`: a queue rings the agent now. `busy`: also while a phone of the agent is in any other call.",
      ),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Agent" });
export type Agent = z.infer<typeof agentSchema>;
