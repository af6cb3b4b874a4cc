import { z } from "zod";

/** A key to the API as the API shows it. */
export const shownAccessKeySchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "AccessKey" });

/** A key as it is stored: only a hash of it is kept. */
export const accessKeySchema = shownAccessKeySchema.extend({
  /** SHA-256 of the key, hexadecimal: enough for a random key of 256 bits. */
  hash: z.string(),
});
export type AccessKey = z.infer<typeof accessKeySchema>;

/** A new key, as people send it. */
export const accessKeyDocumentSchema = z.strictObject({
  name: z.string().max(255).default("").describe("What it is for."),
});
