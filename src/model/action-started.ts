import { z } from "zod";

/** The data of an `action_started` fact: enough to find the action among the stored frames of its run. */
export const actionStartedSchema = z.object({ frame_id: z.string(), action_id: z.string(), action_type: z.string() });
export type ActionStarted = z.infer<typeof actionStartedSchema>;
