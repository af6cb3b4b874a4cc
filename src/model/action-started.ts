import { z } from "zod";
import { actionIdSchema } from "./identifier.ts";

/** The data of an `action_started` fact: which action, of which type, with which option as it was written. */
export const actionStartedSchema = z.object({
  action_id: actionIdSchema,
  action: z.string(),
  option: z.record(z.string(), z.unknown()),
});
