import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";
import { fork, next } from "../flow/outcome.ts";
import type { Action } from "../model/action.ts";
import type { Flow } from "../model/flow.ts";
import type { Finder } from "../ports/finder.ts";
import type { Timeline } from "../ports/timeline.ts";

/** What is kept of the conference from the first look on: it may be changed, or removed, while the call is in it. */
const courseSchema = z.object({
  confbridge_id: z.string(),
  pre_flow_id: z.string().nullable(),
  post_flow_id: z.string().nullable(),
});

export default defineAction({
  type: "conference_join",
  summary: "Joins a conference, with the flows that it has before and after, and waits until the call leaves it.",
  uses: ["conferencing", "flows", "timeline"],
  option: z.strictObject({ conference_id: resource.describe("The conference.") }),
  examples: [{ conference_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }],
  mentions: ({ conference_id }) => ({ conference_id: { kind: "conference", target: conference_id } }),
  sets: () => ["*"],
  answers: true,
  async run({ option, again, conferencing, flows, timeline, memo }) {
    const course = again === undefined ? await memo("course", look) : courseSchema.parse(again);
    if (again === undefined) {
      const before = await actionsOf(course.pre_flow_id, flows, timeline);
      if (before.length > 0) return fork(before, { thenAgain: course });
    }
    await conferencing.join(course.confbridge_id);
    const after = await actionsOf(course.post_flow_id, flows, timeline);
    return after.length > 0 ? fork(after) : next;

    async function look() {
      const { confbridge_id, pre_flow_id, post_flow_id } = await conferencing.find(option.conference_id);
      return { confbridge_id, pre_flow_id, post_flow_id };
    }
  },
});

/** None, and a note on the timeline, when the flow has been removed: a call goes on without it. */
async function actionsOf(id: string | null, flows: Finder<Flow>, timeline: Timeline): Promise<readonly Action[]> {
  if (id === null) return [];
  const flow = await flows.find(id);
  if (!flow) timeline.add("note", { message: `the conference names a flow that there is no more: ${id}` });
  return flow?.actions ?? [];
}
