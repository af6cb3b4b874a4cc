import { z } from "zod";

/** What agents can do: queues look for agents by their tags. */
export const tagDocumentSchema = z.strictObject({
  name: z.string().min(1).max(255).describe("Unique among your tags."),
  detail: z.string().max(4096).default(""),
});
export type TagDocument = z.infer<typeof tagDocumentSchema>;

export const tagSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    detail: z.string(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Tag" });
export type Tag = z.infer<typeof tagSchema>;
