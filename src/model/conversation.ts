import { z } from "zod";
import { type Address, addressSchema } from "./address.ts";

/** What two parties write to each other, as people make it. */
export const conversationDocumentSchema = z.strictObject({
  name: z.string().max(255).default(""),
  detail: z.string().max(4096).default(""),
  type: z.enum(["message"]).default("message").describe("Text messages; how they go follows from the type of `peer`."),
  self: addressSchema.describe("Who writes here: what the other side sees, and writes to."),
  peer: addressSchema.describe("The other side: a `tel` number, a `sip` address, or an `extension` (all its phones)."),
});

export const conversationSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    name: z.string(),
    detail: z.string(),
    type: z.enum(["message"]),
    dialog_id: z.string().describe("Made of both addresses: a customer has one conversation for each pair."),
    self: addressSchema,
    peer: addressSchema,
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Conversation" });
export type Conversation = z.infer<typeof conversationSchema>;

/** The same for the same two parties, however their names are shown. */
export const dialogIdOf = (self: Address, peer: Address): string => `${partyOf(self)} ${partyOf(peer)}`;

const partyOf = ({ type, target, target_name = "" }: Address): string =>
  `${type}:${(target || target_name).replace(/^sips?:/, "")}`;
