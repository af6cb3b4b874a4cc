import { z } from "zod";
import { onEndFields } from "./on-end.ts";

/** `stopping`: no longer recorded, but not all in our storage yet. */
export const recordingStatuses = ["initiating", "recording", "stopping", "ended"] as const;
export type RecordingStatus = (typeof recordingStatuses)[number];

export const recordingFormats = ["wav", "mp3", "ogg"] as const;
export type RecordingFormat = (typeof recordingFormats)[number];

/** Keys that can end a recording. */
export const endKeys = ["none", "any", "*", "#"] as const;
export type EndKey = (typeof endKeys)[number];

/** Why a recording ended. `stopped`: by its flow, or over the API; `failed`: Asterisk could not go on. */
export const recordingEnds = ["stopped", "key", "silence", "duration", "hangup", "failed"] as const;
export type RecordingEnd = (typeof recordingEnds)[number];

/** A recording as the API shows it. */
export const shownRecordingSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    activeflow_id: z.uuid().nullable(),
    reference_type: z.enum(["call", "confbridge"]).describe("What is recorded."),
    reference_id: z.uuid(),
    status: z.enum(recordingStatuses).describe("`stopping`: over, but its file is still being made."),
    format: z.enum(recordingFormats),
    channels: z.int().min(1).max(2).describe("2: the caller left, the others right."),
    paused: z.boolean(),
    ...onEndFields,
    recording_name: z.string(),
    filenames: z.array(z.string()).readonly(),
    end_reason: z.enum(recordingEnds).nullable().describe("Why it ended."),
    duration_ms: z.int().nullable().describe("Length of the file."),
    size: z.int().nullable().describe("Length of the file, bytes; null: there is none."),
    fault: z.string().nullable().describe("Why there is no file, or not yet, and what to do."),
    tm_start: z.string().nullable(),
    tm_end: z.string().nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Recording" });

/** What Asterisk records: one channel, what it says and what it hears, or everybody in a bridge. */
const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("channel"), id: z.string() }).readonly(),
  z.object({ kind: z.literal("bridge"), id: z.string() }).readonly(),
]);
export type RecordingSource = z.infer<typeof sourceSchema>;

/** A recording as it is stored. */
export const recordingSchema = shownRecordingSchema.extend({
  source: sourceSchema,
  /** Seconds; 0: no limit. */
  end_of_silence: z.int(),
  end_of_key: z.enum(endKeys),
  /** Seconds; 0: no limit. */
  max_duration: z.int(),
  /** Under which the bytes are kept in our storage; null when there are none. */
  storage_key: z.string().nullable(),
  /** What is left to do in the background: fetch what Asterisk has, begin the flow that follows, remove it in Asterisk. */
  work: z.enum(["fetch", "follow", "remove"]).nullable(),
  /** How long it was paused in all, and since when it is. */
  paused_ms: z.int(),
  tm_paused: z.string().nullable(),
});
export type Recording = z.infer<typeof recordingSchema>;
