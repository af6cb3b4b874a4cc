import type { TimelineStore } from "../ports/timeline-store.ts";
import type { Database } from "./database.ts";
import { type InsertFacts, selectFacts } from "./timeline-rows.ts";

export const timelineStore = (database: Database, insertFacts: InsertFacts): TimelineStore => ({
  append: (facts) => database.write((transaction) => insertFacts(transaction, facts)),
  ofCall: (callId) => database.read((reader) => selectFacts(reader, "call_id", callId)),
  ofActiveflow: (activeflowId) => database.read((reader) => selectFacts(reader, "activeflow_id", activeflowId)),
});
