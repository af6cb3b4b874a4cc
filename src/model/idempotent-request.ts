import { z } from "zod";

/** A request that may come twice and must be done once. */
export const idempotentRequestSchema = z.object({
  /** Hash of customer and key. */
  id: z.string(),
  customer_id: z.uuid(),
  /** Hash of what was asked for. */
  fingerprint: z.string(),
  /** Sealed with the key, because answers may hold secrets; null until there is one. */
  answer: z.string().nullable(),
  tm_create: z.string(),
  tm_update: z.string(),
});
export type IdempotentRequest = z.infer<typeof idempotentRequestSchema>;
