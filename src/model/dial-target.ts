import { z } from "zod";
import { addressSchema } from "./address.ts";

/** One way to reach somebody, as the switch dials it. */
export const dialTargetSchema = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("sip"), uri: z.string() }),
    /** A phone that is registered at an account of ours, by its own address. */
    z.object({ kind: z.literal("phone"), extension: z.string(), uri: z.string() }),
    /** A telephone number by way of a carrier, and whose number is shown there. */
    z.object({ kind: z.literal("trunk"), trunk_id: z.string(), number: z.string(), caller: addressSchema }),
  ])
  .readonly();
export type DialTarget = z.infer<typeof dialTargetSchema>;
