import { randomUUID } from "node:crypto";
import { type Call, shownCallSchema } from "../../../src/model/call.ts";
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
  groupcall_id: null,
  master_call_id: null,
  chained: false,
  dialing: null,
  hops: 0,
  mute_direction: "",
  on_hold: false,
  own_sound: "",
  external_media: [],
  recording_id: null,
  recording_ids: [],
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

/** A call without what only the engine needs. */
export const shownCall = (call: Call) => shownCallSchema.parse(call);
