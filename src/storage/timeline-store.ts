import type { TimelineStore } from "../ports/timeline-store.ts";
import type { Database } from "./database.ts";
import { factsOfActiveflow, factsOfCall, insertFacts } from "./timeline-rows.ts";

export const timelineStore = (database: Database): TimelineStore => ({
  append: (facts) => database.execute((statements) => insertFacts(statements, facts)),
  ofCall: (callId) => database.read((reader) => factsOfCall(reader, callId)),
  ofActiveflow: (activeflowId) => database.read((reader) => factsOfActiveflow(reader, activeflowId)),
});
