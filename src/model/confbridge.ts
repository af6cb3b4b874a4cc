import { z } from "zod";

export const confbridgeTypes = ["connect", "conference"] as const;
export type ConfbridgeType = (typeof confbridgeTypes)[number];

export const conferenceTypeField = z
  .enum(confbridgeTypes)
  .default("conference")
  .describe(
    "`conference` answers who joins, and stays. `connect` lets the first hear ringing, answers both when the second " +
      "comes, and ends when one is left.",
  );

/** A conference bridge, as people send it. */
export const confbridgeDocumentSchema = z.strictObject({ type: conferenceTypeField });

export const confbridgeStatuses = ["progressing", "terminating", "terminated"] as const;

export const confbridgeSchema = z.object({
  id: z.uuid(),
  customer_id: z.uuid(),
  type: z.enum(confbridgeTypes),
  status: z.enum(confbridgeStatuses),
  bridge_id: z.string().describe("The bridge in Asterisk, which is there while somebody is in it."),
  reference_type: z.enum(["conference"]).nullable().describe("What it belongs to; null: nothing."),
  reference_id: z.uuid().nullable(),
  tm_connect: z.string().nullable().describe("When somebody first had company in one of type `connect`."),
  tm_end: z.string().nullable(),
  tm_create: z.string(),
  tm_update: z.string(),
});
export type Confbridge = z.infer<typeof confbridgeSchema>;

/** One that a call has just come into, or has left. */
export const visitedConfbridgeSchema = confbridgeSchema.extend({
  joined_call_id: z.uuid().optional(),
  leaved_call_id: z.uuid().optional(),
});
export type VisitedConfbridge = z.infer<typeof visitedConfbridgeSchema>;

/** Bridges of ours that serve a confbridge have ids that begin so. */
export const BRIDGE_PREFIX = "conference.";
export const bridgeIdOf = (confbridgeId: string): string => `${BRIDGE_PREFIX}${confbridgeId}`;

/** Whether a channel in the bridge only serves the confbridge, as one that listens does: nobody is in it by that. */
export const isOfConfbridge = (confbridgeId: string, channelId: string): boolean =>
  channelId.startsWith(`${confbridgeId}.`);
