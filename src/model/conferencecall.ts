import { z } from "zod";

export const conferencecallStatuses = ["joining", "joined", "leaving", "leaved"] as const;

/**
 * `ended`: the conference did; `interrupted`: the call is wanted elsewhere; `failed`: Asterisk could not put it through.
 */
export const leaveReasons = ["hangup", "kicked", "ended", "interrupted", "failed"] as const;
export type LeaveReason = (typeof leaveReasons)[number];

/** One stay of a call in a conference, or in a confbridge that belongs to none. */
export const conferencecallSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    conference_id: z.uuid().nullable(),
    confbridge_id: z.uuid(),
    activeflow_id: z.uuid(),
    reference_type: z.enum(["call"]),
    reference_id: z.uuid().describe("The call."),
    status: z.enum(conferencecallStatuses),
    muted: z.boolean().describe("The others don't hear it."),
    leave_reason: z.enum(leaveReasons).nullable().describe("Why it came out, or has to."),
    tm_joined: z.string().nullable(),
    tm_leaved: z.string().nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Conferencecall" });
export type Conferencecall = z.infer<typeof conferencecallSchema>;
