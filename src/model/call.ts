import { z } from "zod";
import { addressSchema } from "./address.ts";
import { dialTargetSchema } from "./dial-target.ts";
import { externalMediaSchema } from "./external-media.ts";
import { type HangupReason, hangupParties, hangupReasons } from "./hangup.ts";
import { mutings } from "./mute.ts";

export const callStatuses = ["dialing", "ringing", "progressing", "terminating", "canceling", "hangup"] as const;
export type CallStatus = (typeof callStatuses)[number];

export const callDirections = ["incoming", "outgoing"] as const;
export type CallDirection = (typeof callDirections)[number];

/** A call as the API shows it. */
export const shownCallSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    flow_id: z.string().nullable(),
    activeflow_id: z.uuid().nullable(),
    channel_id: z.string().describe("The channel in Asterisk."),
    direction: z.enum(callDirections),
    early_execution: z.boolean().describe("Whether the flow of an outgoing call begins at ringing, not at the answer."),
    source: addressSchema,
    destination: addressSchema,
    groupcall_id: z
      .uuid()
      .nullable()
      .default(null)
      .describe("The group that it rings in, where the first answer wins."),
    master_call_id: z.uuid().nullable().default(null).describe("The call whose flow made this one."),
    chained: z.boolean().default(false).describe("Whether it is hung up when its master call is."),
    status: z.enum(callStatuses),
    mute_direction: z.enum(mutings).default("").describe("How it is muted from outside; empty: not at all."),
    on_hold: z.boolean().default(false).describe("Whether it was put on hold from outside."),
    recording_id: z.uuid().nullable().default(null).describe("What is recorded of it now."),
    recording_ids: z.array(z.uuid()).readonly().default([]).describe("All that was and is recorded of it."),
    hangup_by: z.enum(hangupParties).nullable(),
    hangup_reason: z.enum(hangupReasons).nullable(),
    hangup_cause: z.int().nullable().describe("Q.850 cause."),
    tm_create: z.string(),
    tm_ringing: z.string().nullable(),
    tm_progressing: z.string().nullable(),
    tm_hangup: z.string().nullable(),
    tm_update: z.string(),
  })
  .meta({ id: "Call" });

/** How a call of ours is dialled, as it is stored: one target after the other, while the one before can't be reached. */
export const dialingSchema = z
  .object({
    targets: z.array(dialTargetSchema).readonly(),
    /** The target that is dialled now. */
    attempt: z.int(),
    /** It rings no longer than until then. */
    ringUntilMs: z.number(),
    /** How many calls are made at once, this one among them, that may come back to us. */
    among: z.int().optional(),
  })
  .readonly();
export type Dialing = z.infer<typeof dialingSchema>;

/** A call as it is stored. */
export const callSchema = shownCallSchema.extend({
  /** What it hears instead of all else because that was asked for from outside; empty: nothing was. */
  own_sound: z.enum(["", "music", "silence"]).default(""),
  /** Null for a call that came in. */
  dialing: dialingSchema.nullable().default(null),
  /** How many calls of ours led here, one out of the other: what keeps a call that calls itself from doing so for ever. */
  hops: z.int().default(0),
  /** Audio that goes to other hosts, and comes from them. */
  external_media: z.array(externalMediaSchema).readonly().default([]),
});
export type Call = z.infer<typeof callSchema>;

const FOLLOWING: Readonly<Record<CallStatus, readonly CallStatus[]>> = {
  dialing: ["ringing", "progressing", "terminating", "canceling", "hangup"],
  ringing: ["progressing", "terminating", "canceling", "hangup"],
  progressing: ["terminating", "hangup"],
  terminating: ["hangup"],
  canceling: ["hangup"],
  hangup: [],
};

/** Whether a call may go from one status to the other; a late event must never bring a call back to life. */
export const mayFollow = (from: CallStatus, to: CallStatus): boolean => FOLLOWING[from].includes(to);

/** Whether the flow of a call that we make has begun though nobody has answered. */
export const hasBegunEarly = ({ early_execution, status }: Call): boolean => early_execution && status === "ringing";

/** The reason recorded for a call that ended without our asking: by its direction, its last status and the Q.850 cause. */
export function reasonOfRemoteHangup(direction: CallDirection, status: CallStatus, cause: number): HangupReason {
  if (status === "canceling") return "cancel";
  if (status !== "dialing" && status !== "ringing") return "normal";
  const byCause = direction === "incoming" ? INCOMING_UNANSWERED : OUTGOING_UNANSWERED;
  return byCause[cause] ?? (direction === "incoming" ? "normal" : "failed");
}

const INCOMING_UNANSWERED: Readonly<Record<number, HangupReason>> = { 17: "busy", 19: "noanswer" };
const OUTGOING_UNANSWERED: Readonly<Record<number, HangupReason>> = {
  0: "dialout",
  16: "normal",
  17: "busy",
  19: "noanswer",
  21: "noanswer",
  26: "normal",
};
