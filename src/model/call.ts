import { z } from "zod";
import { addressSchema } from "./address.ts";
import { type HangupReason, hangupParties, hangupReasons } from "./hangup.ts";

export const callStatuses = ["dialing", "ringing", "progressing", "terminating", "canceling", "hangup"] as const;
export type CallStatus = (typeof callStatuses)[number];

export const callDirections = ["incoming", "outgoing"] as const;
export type CallDirection = (typeof callDirections)[number];

/** A call as the API shows it. */
export const callSchema = z
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
    status: z.enum(callStatuses),
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
