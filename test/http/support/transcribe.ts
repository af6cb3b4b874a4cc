import { randomUUID } from "node:crypto";
import type { Transcribe, Transcript } from "../../../src/model/transcribe.ts";

export const ANNA = "aaaaaaaa-0000-4000-8000-000000000001";
const AT = "2026-01-01T00:00:00.000Z";

export const aTranscribe = (changes: Partial<Transcribe> = {}): Transcribe => ({
  id: randomUUID(),
  customer_id: ANNA,
  activeflow_id: null,
  reference_type: "call",
  reference_id: randomUUID(),
  status: "progressing",
  language: "en-US",
  direction: "both",
  provider: null,
  hints: [],
  on_end_flow_id: null,
  on_end_activeflow_id: null,
  end_reason: null,
  error: null,
  tm_end: null,
  tm_create: AT,
  tm_update: AT,
  ...changes,
});

export const aTranscript = (changes: Partial<Transcript> = {}): Transcript => ({
  id: randomUUID(),
  customer_id: ANNA,
  transcribe_id: randomUUID(),
  direction: "in",
  message: "Hello.",
  provider: "gcp",
  confidence: 0.9,
  start_ms: 0,
  end_ms: 400,
  tm_transcript: AT,
  tm_create: AT,
  tm_update: AT,
  ...changes,
});
