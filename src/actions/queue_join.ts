import { z } from "zod";
import { defineAction } from "../flow/action.ts";
import { resource } from "../flow/option.ts";
import { fork, next } from "../flow/outcome.ts";
import type { Action } from "../model/action.ts";
import { durationsOf } from "../model/queuecall.ts";
import type { QueuePlace } from "../ports/queueing.ts";

/** A wait flow takes at least so long, however little there is in it: it goes round for as long as the caller waits. */
const SHORTEST_ROUND_MS = 1_000;

/** What the action leaves for itself when it has sent the caller through the wait flow. */
const againSchema = z.object({ queuecall_id: z.string(), forked_at_ms: z.number() }).optional();

/** Told while the caller is in the queue; its status, its position and how long it has waited are looked up when read. */
const PLACE_VARIABLES = [
  "voipbin.queue.id",
  "voipbin.queue.name",
  "voipbin.queue.detail",
  "voipbin.queuecall.id",
  "voipbin.queuecall.timeout_wait",
  "voipbin.queuecall.timeout_service",
] as const;

export default defineAction({
  type: "queue_join",
  summary: "Puts the caller into a queue until an agent has answered and the talk is over.",
  uses: ["call", "clock", "flows", "queues", "variables"],
  option: z.strictObject({ queue_id: resource.describe("The queue.") }),
  examples: [{ queue_id: "99bf739a-932f-433c-b1bf-103d33d7e9bb" }],
  mentions: ({ queue_id }) => ({ queue_id: { kind: "queue", target: queue_id } }),
  sets: () => ["*"],
  wantsAnswer: true,
  waitsForAnswer: true,
  async run({ option, again, memo, call, clock, flows, queues, variables, signal }) {
    const before = againSchema.parse(again);
    const queuecallId = before?.queuecall_id ?? (await memo("queuecall_id", queues.newId));
    const place = await queues.join(option.queue_id, queuecallId);
    if (!before) variables.setAll(placeVariables(place));
    const roundEndsMs = before ? before.forked_at_ms + SHORTEST_ROUND_MS : 0;
    try {
      for (let turn = await place.turn(signal); turn !== "over"; turn = await place.turn(signal)) {
        if (turn === "answered") {
          await call.answer();
          await place.talk(signal);
        } else if (clock.now() < roundEndsMs) {
          await place.waitUntil(roundEndsMs, signal);
        } else {
          const flowId = place.queue?.wait_flow_id;
          const list: readonly Action[] = flowId
            ? ((await flows.find(flowId).catch(() => undefined))?.actions ?? [])
            : [];
          const thenAgain = { queuecall_id: queuecallId, forked_at_ms: clock.now() };
          if (list.length > 0) return fork(list, { thenAgain, until: queuecallId });
          await place.listenToMusic(signal);
        }
      }
    } catch (error) {
      variables.remove(PLACE_VARIABLES);
      place.leave();
      throw error;
    }
    variables.remove(PLACE_VARIABLES);
    variables.setAll(endVariables(place, clock.now()));
    await place.forget();
    return next;
  },
});

function placeVariables({ queue, record }: QueuePlace): readonly (readonly [string, string])[] {
  const [queueId, name, detail, id, wait, service] = PLACE_VARIABLES;
  return [
    [queueId, record.queue_id],
    [name, queue?.name ?? ""],
    [detail, queue?.detail ?? ""],
    [id, record.id],
    [wait, String(record.timeout_wait)],
    [service, String(record.timeout_service)],
  ];
}

/** How it ended, kept for the actions that follow. */
function endVariables({ record }: QueuePlace, nowMs: number): readonly (readonly [string, string])[] {
  return [
    ["voipbin.queuecall.status", record.status],
    ["voipbin.queuecall.end_reason", record.end_reason ?? ""],
    ["voipbin.queuecall.duration_waiting", String(durationsOf(record, nowMs).duration_waiting)],
  ];
}
