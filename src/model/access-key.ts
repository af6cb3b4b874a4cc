import { z } from "zod";

/** A key to the API. Only a hash of it is kept. */
export const accessKeySchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    /** SHA-256 of the key, hexadecimal: enough for a random key of 256 bits. */
    hash: z.string(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "AccessKey" });
export type AccessKey = z.infer<typeof accessKeySchema>;
