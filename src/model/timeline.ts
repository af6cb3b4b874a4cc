import { z } from "zod";

/** What a timeline can tell; `voice` of the answer to "why did this call do that". */
export const timelineTypes = [
  "call_created",
  "call_ringing",
  "call_answered",
  "dial_failed",
  "calls_placed",
  "leg_failed",
  "call_connected",
  "call_hangup",
  "call_held",
  "call_unheld",
  "call_muted",
  "call_unmuted",
  "music_started",
  "music_stopped",
  "silence_started",
  "silence_stopped",
  "talk_over_started",
  "talk_over_ended",
  "activeflow_started",
  "activeflow_resumed",
  "activeflow_ended",
  "action_started",
  "action_ended",
  "action_skipped",
  "action_failed",
  "list_interrupted",
  "digit_received",
  "machine_detected",
  "playback_started",
  "playback_ended",
  "media_failed",
  "speech_synthesized",
  "external_media_started",
  "external_media_trouble",
  "external_media_ended",
  "conference_joined",
  "conference_left",
  "queuecall_created",
  "queuecall_waiting",
  "queuecall_connecting",
  "queuecall_service",
  "queuecall_done",
  "queuecall_abandoned",
  "webhook_delivered",
  "webhook_failed",
  "message_received",
  "message_sent",
  "message_delivered",
  "message_failed",
  "note",
] as const;
export type TimelineType = (typeof timelineTypes)[number];

/** One fact about a call or an activeflow. `data` holds what differs by type: action, outcome, error, digit, cause … */
export const timelineEntrySchema = z
  .object({
    at: z.string().describe("RFC 3339, UTC, milliseconds."),
    type: z.enum(timelineTypes),
    activeflow_id: z.uuid().nullable(),
    call_id: z.uuid().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "TimelineEntry" });
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
