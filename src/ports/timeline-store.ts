import type { TimelineEntry } from "../model/timeline.ts";

/** Reads timelines, oldest fact first; writes facts that belong to no other change. */
export interface TimelineStore {
  append(facts: readonly TimelineEntry[]): Promise<void>;
  ofCall(callId: string): Promise<readonly TimelineEntry[]>;
  ofActiveflow(activeflowId: string): Promise<readonly TimelineEntry[]>;
}
