import { z } from "zod";
import { onEndFields } from "./on-end.ts";

export const transcribeDirections = ["in", "out", "both"] as const;
export type TranscribeDirection = (typeof transcribeDirections)[number];

export const transcribeProviders = ["gcp", "aws", "local"] as const;

export const transcribeStatuses = ["progressing", "done"] as const;

/**
 * Why a transcription is over. `stopped`: from the flow or from outside; `hangup`: its call ended, or
 * the last left its confbridge; `finished`: all of the
 * recording is transcribed; `failed`: no provider could go on.
 */
export const transcribeEndings = ["stopped", "hangup", "finished", "failed"] as const;
export type TranscribeEnding = (typeof transcribeEndings)[number];

/** A transcription of a call or a confbridge, while it lasts, or of a recording. */
export const transcribeSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    activeflow_id: z.uuid().nullable(),
    reference_type: z.enum(["call", "recording", "confbridge"]),
    reference_id: z.uuid().describe("The call, the recording, or the confbridge."),
    status: z.enum(transcribeStatuses),
    language: z.string(),
    direction: z.enum(transcribeDirections),
    provider: z.enum(transcribeProviders).nullable().describe("Who was asked for; null: the first that is configured."),
    hints: z.array(z.string()).readonly().describe("What is likely to be said."),
    ...onEndFields,
    end_reason: z.enum(transcribeEndings).nullable(),
    error: z.string().nullable().describe("Why it failed, and what can be done."),
    tm_end: z.string().nullable(),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Transcribe" });
export type Transcribe = z.infer<typeof transcribeSchema>;

/** Something that was said, understood for good. */
export const transcriptSchema = z
  .object({
    id: z.uuid(),
    customer_id: z.uuid(),
    transcribe_id: z.uuid(),
    direction: z
      .enum(transcribeDirections)
      .describe(
        "`in`: the call said it; `out`: the call heard it; `both`: one of these, by a recording of both together, or somebody in a conference.",
      ),
    message: z.string(),
    provider: z.string().describe("Who understood it."),
    confidence: z.number().nullable().describe("From 0 to 1; null when the provider does not tell."),
    start_ms: z.int().describe("When it began, ms since this direction was first listened to."),
    end_ms: z.int(),
    tm_transcript: z.string().describe("When it began to be said."),
    tm_create: z.string(),
    tm_update: z.string(),
  })
  .meta({ id: "Transcript" });
export type Transcript = z.infer<typeof transcriptSchema>;

/** Of somebody who speaks and is listened to: begins, is understood so far, has been understood. */
export type SpeechMoment = "started" | "interim" | "ended";
