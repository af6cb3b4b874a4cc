import { randomUUID } from "node:crypto";
import type { Call } from "../../../src/model/call.ts";
import { ANNA } from "./server.ts";

/** A call of Anna's that is up. */
export const aCall = (changes: Partial<Call> = {}): Call => ({
  id: randomUUID(),
  customer_id: ANNA,
  flow_id: null,
  activeflow_id: null,
  channel_id: randomUUID(),
  direction: "incoming",
  early_execution: false,
  source: { type: "tel", target: "+15550100" },
  destination: { type: "extension", target: "1000" },
  status: "progressing",
  hangup_by: null,
  hangup_reason: null,
  hangup_cause: null,
  tm_create: "2026-01-01T00:00:00.000Z",
  tm_ringing: null,
  tm_progressing: "2026-01-01T00:00:01.000Z",
  tm_hangup: null,
  tm_update: "2026-01-01T00:00:01.000Z",
  ...changes,
});
