import { randomUUID } from "node:crypto";
import type { Conferencecall } from "../../../src/model/conferencecall.ts";
import { ANNA } from "./server.ts";

/** A call of Anna's that is in some confbridge. */
export const aConferencecall = (changes: Partial<Conferencecall> = {}): Conferencecall => ({
  id: randomUUID(),
  customer_id: ANNA,
  conference_id: null,
  confbridge_id: randomUUID(),
  activeflow_id: randomUUID(),
  reference_type: "call",
  reference_id: randomUUID(),
  status: "joined",
  muted: false,
  leave_reason: null,
  tm_joined: "2026-01-01T00:00:01.000Z",
  tm_leaved: null,
  tm_create: "2026-01-01T00:00:00.000Z",
  tm_update: "2026-01-01T00:00:01.000Z",
  ...changes,
});
