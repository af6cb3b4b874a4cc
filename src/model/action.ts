import { z } from "zod";
import { actionIdSchema } from "./identifier.ts";

/** One action as people write it; ids may be missing. Its option is checked by the action's own schema. */
export const actionDocumentSchema = z.strictObject({
  id: z
    .union([z.literal(""), actionIdSchema])
    .optional()
    .describe("Given when absent or empty."),
  next_id: z
    .union([z.literal(""), actionIdSchema])
    .optional()
    .describe("Runs next instead of the following action of the list."),
  type: z.string().describe("What the action does; decides which options it has."),
  option: z.record(z.string(), z.unknown()).optional(),
  tm_execute: z.string().optional().describe("When it last ran. Written by Ringdown, ignored in what you send."),
});
export type ActionDocument = z.infer<typeof actionDocumentSchema>;

/** One action of a list that can run: it has an id, and its option has been validated. */
export const actionSchema = z
  .object({
    id: actionIdSchema,
    next_id: actionIdSchema.optional(),
    type: z.string(),
    option: z.record(z.string(), z.unknown()),
  })
  .readonly()
  .meta({ id: "Action" });
export type Action = z.infer<typeof actionSchema>;
