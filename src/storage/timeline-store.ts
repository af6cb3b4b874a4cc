import type { TimelineStore } from "../ports/timeline-store.ts";
import type { Database } from "./database.ts";
import { factsOfActiveflow, factsOfCall, type InsertFacts } from "./timeline-rows.ts";

export const timelineStore = (database: Database, insertFacts: InsertFacts): TimelineStore => ({
  append: (facts) => database.write((transaction) => insertFacts(transaction, facts)),
  ofCall: (callId) => database.read((reader) => factsOfCall(reader, callId)),
  ofActiveflow: (activeflowId) => database.read((reader) => factsOfActiveflow(reader, activeflowId)),
});
