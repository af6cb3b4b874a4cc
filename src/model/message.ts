import { z } from "zod";
import { addressSchema } from "./address.ts";

/** Long enough for any gateway and for SIP over TCP. */
export const textSchema = z.string().min(1).max(32_768);

export const targetStatuses = [
  "queued",
  "sent",
  "delivered",
  "failed",
  "gw_timeout",
  "dlr_timeout",
  "received",
] as const;

/** One whom a message goes to. */
export const messageTargetSchema = z.object({
  destination: addressSchema,
  status: z
    .enum(targetStatuses)
    .describe(
      "`queued`: being sent, or waiting to be tried again. `sent`: handed to the phones, or taken by the gateway. " +
        "`delivered`: the gateway says that it has arrived. `gw_timeout`: no gateway took it in time. " +
        "`dlr_timeout`: the gateway took it, and has not said in time what became of it. `received`: it came to us.",
    ),
  error: z.string().nullable().describe("Why it failed."),
  remedy: z.string().nullable().default(null).describe("What can be done about that."),
  provider: z.string().nullable().default(null).describe("The gateway that was asked; null for SIP."),
  awaits_report: z.boolean().default(false).describe("Whether the gateway is still to say what became of it."),
  reference: z.string().nullable().describe("The gateway's own name for it."),
  parts: z.int().positive().nullable().default(null).describe("How many SMS it is, where the gateway tells."),
  tm_sending: z.string().nullable().describe("When it was first given to a gateway."),
});
export type MessageTarget = z.infer<typeof messageTargetSchema>;

/** A text that was sent, or came in; as it is stored, and what it is to its conversation. */
export const messageSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    conversation_id: z.uuid().nullable().describe("The conversation that it is part of."),
    activeflow_id: z.uuid().nullable().describe("The run that sent it, or that it started."),
    call_id: z.uuid().nullable(),
    direction: z.enum(["incoming", "outgoing"]),
    source: addressSchema,
    targets: z.array(messageTargetSchema).readonly(),
    text: z.string(),
    status: z
      .enum(["progressing", "done", "failed"])
      .describe("`done`: no target is queued any more; `failed`: and none was reached."),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "ConversationMessage" });
export type Message = z.infer<typeof messageSchema>;

/** The same as `/messages` has it. */
export const shownMessageSchema = messageSchema
  .extend({
    type: z
      .enum(["sms"])
      .describe("`sms` for every text, a SIP MESSAGE too: how it goes follows from the type of its destination."),
    direction: z.enum(["outbound", "inbound"]),
  })
  .meta({ id: "Message" });

/** A message as `/messages` and the events `message_*` show it. */
export const showMessage = (message: Message): z.infer<typeof shownMessageSchema> => ({
  ...message,
  type: "sms",
  direction: message.direction === "incoming" ? "inbound" : "outbound",
});

/** A target for which nothing has been done. */
export const unsent = {
  error: null,
  remedy: null,
  provider: null,
  awaits_report: false,
  reference: null,
  parts: null,
  tm_sending: null,
} as const;

/** What is to be sent, and to whom. */
export type MessageOrder = Pick<Message, "source" | "text"> & {
  readonly destinations: readonly MessageTarget["destination"][];
  readonly conversation_id?: string;
};

/** Whose message it is, and what sent it. */
export type MessageOrigin = Pick<Message, "id" | "customer_id" | "activeflow_id" | "call_id" | "tm_create">;

/** A message before anything has been sent. */
export const newMessage = (
  { source, text, destinations, conversation_id = "" }: MessageOrder,
  origin: MessageOrigin,
): Message => ({
  ...origin,
  conversation_id: conversation_id || null,
  direction: "outgoing",
  source,
  targets: destinations.map((destination) => ({
    destination,
    ...unsent,
    status: "queued",
  })),
  text,
  status: "progressing",
  tm_update: origin.tm_create,
});

/** What is now known of a target. */
export type TargetNews = Pick<MessageTarget, "status" | "error"> & {
  readonly remedy?: string;
  readonly provider?: string;
  readonly reference?: string | null;
  readonly parts?: number;
  /** Of one that is sent: when it should be known what became of it; absent when nobody tells. */
  readonly reportDueAtMs?: number;
};

/** Which news a target still takes: what is delivered, or has failed, stays so; a report that is late is one. */
export const takesNews = ({ status }: MessageTarget, news: TargetNews["status"]): boolean =>
  (CERTAINTY[status] ?? 2) < (CERTAINTY[news] ?? 2);

/** Of what may still change; all else is known for sure. */
const CERTAINTY: Readonly<Partial<Record<MessageTarget["status"], number>>> = {
  queued: -1,
  sent: 0,
  dlr_timeout: 1,
  gw_timeout: 1,
};

/** What is known of one target, in its message. */
export function settleTarget(
  { targets }: Pick<Message, "targets">,
  index: number,
  { reportDueAtMs, remedy, ...settled }: TargetNews,
): Pick<Message, "targets" | "status"> {
  const awaits_report = settled.status === "sent" && reportDueAtMs !== undefined;
  const known = { ...settled, remedy: remedy ?? null, awaits_report };
  const after = targets.map((target, each) => (each === index ? { ...target, ...known } : target));
  if (after.some(({ status }) => status === "queued")) return { targets: after, status: "progressing" };
  return { targets: after, status: after.every(({ status }) => FAILURES.includes(status)) ? "failed" : "done" };
}

/** Whether it is known what became of each target, as far as anybody will tell. */
export const isSettled = ({ targets }: Pick<Message, "targets">): boolean =>
  targets.every(({ status, awaits_report }) => status !== "queued" && !awaits_report);

const FAILURES: readonly MessageTarget["status"][] = ["failed", "gw_timeout"];
