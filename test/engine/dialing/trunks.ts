import { randomUUID } from "node:crypto";
import type { Trunk } from "../../../src/model/trunk.ts";

export const aTrunk = (changes: Partial<Trunk> = {}): Trunk => ({
  id: randomUUID(),
  customer_id: randomUUID(),
  name: "carrier",
  host: "sip.example.com",
  port: 5060,
  transport: "udp",
  username: null,
  password: null,
  register: false,
  prefixes: [],
  priority: 0,
  max_calls: null,
  max_calls_per_second: null,
  caller_id: null,
  from_user: null,
  from_domain: null,
  detail: "",
  status: "ready",
  status_reason: null,
  tm_create: "2026-01-01T00:00:00.000Z",
  tm_update: "2026-01-01T00:00:00.000Z",
  ...changes,
});
