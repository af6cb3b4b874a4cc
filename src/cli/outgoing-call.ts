/** Calls that this machine's Ringdown makes because a command asked for it. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Action } from "../model/action.ts";
import type { Address } from "../model/address.ts";
import { callSchema } from "../model/call.ts";
import { type TimelineEntry, timelineEntrySchema } from "../model/timeline.ts";
import type { Api } from "./api.ts";
import { Refusal } from "./refusal.ts";
import type { Report } from "./report.ts";
import { timelineLines } from "./timeline-lines.ts";

export type CallRequest = {
  readonly source?: Address;
  readonly destinations: readonly Address[];
  readonly variables: Readonly<Record<string, string>>;
} & ({ readonly actions: readonly Action[] } | { readonly flow_id: string });

/** Often enough to be followed by eye. */
const LOOK_MS = 500;

/** Only what is shown here must be there: the Ringdown asked may be of another version. */
export const shownCallSchema = callSchema.partial().required({ id: true, status: true });
export type ShownCall = z.infer<typeof shownCallSchema>;

/** What is known of a call when it is over. */
export type CallStory = { readonly call: ShownCall; readonly timeline: readonly TimelineEntry[] };

const placedSchema = z.object({
  calls: z.array(shownCallSchema),
  groupcalls: z.array(z.object({ id: z.string() })).default([]),
});
/** What one address came to: a call, or a group of which the first call that answers counts. */
export type Placed = z.infer<typeof placedSchema>;

const groupSchema = z.object({
  status: z.string(),
  call_ids: z.array(z.string()),
  answer_call_id: z.string().nullable(),
});
const timelineSchema = z.object({ result: z.array(timelineEntrySchema) });

/** Makes the call. @throws Refusal */
export async function callOut(api: Api, request: CallRequest): Promise<Placed> {
  const placed = placedSchema.parse(await api.request("POST", "/calls", request));
  if (placed.calls.length === 0) throw new Refusal("Ringdown made no call");
  return placed;
}

/** The call that answers; should none, the last that was made. */
async function answeringCall(api: Api, { calls, groupcalls: [group] }: Placed): Promise<string> {
  for (;;) {
    const shown = group && groupSchema.parse(await api.request("GET", `/groupcalls/${group.id}`));
    const id = shown ? shown.answer_call_id : calls[0]?.id;
    if (id) return id;
    if (shown?.status === "hangup") return shown.call_ids.at(-1) ?? "";
    await sleep(LOOK_MS);
  }
}

/** The facts of a call, oldest first. */
export const timelineOf = async (api: Api, callId: string): Promise<readonly TimelineEntry[]> =>
  timelineSchema.parse(await api.request("GET", `/calls/${callId}/timeline`)).result;

/** Tells what happens in a call until it is over; of a group, in the one that answers. */
export async function follow(api: Api, placed: Placed, write: (text: string) => void): Promise<CallStory> {
  const id = await answeringCall(api, placed);
  let told = 0;
  for (;;) {
    // The call first: what its end adds to the timeline is there when it says that it is over.
    const call = shownCallSchema.parse(await api.request("GET", `/calls/${id}`));
    const timeline = await timelineOf(api, id);
    write(timelineLines(timeline.slice(told), timeline[0]?.at));
    told = timeline.length;
    if (call.status === "hangup") return { call, timeline };
    await sleep(LOOK_MS);
  }
}

/** How a followed call ended; one that nobody answered has failed. */
export function outcomeOf({ call, timeline }: CallStory): Report {
  const answered = Boolean(call.tm_progressing);
  const how = `${call.hangup_reason ?? "unknown"}, hung up by the ${call.hangup_by === "local" ? "flow" : "other side"}`;
  return {
    json: { call, timeline },
    text: `${answered ? "The call is over" : "Nobody answered"}: ${how}. Call ${call.id}\n`,
    failed: !answered,
  };
}
