import type { TimelineType } from "../model/timeline.ts";

/** Facts for the timeline of this call and activeflow. Stored with the step's next state, never lost before it. */
export interface Timeline {
  add(type: TimelineType, data: Readonly<Record<string, unknown>>): void;
}
