import { expect, test } from "vitest";
import queueJoin from "../../src/actions/queue_join.ts";
import { next } from "../../src/flow/outcome.ts";
import type { Flow } from "../../src/model/flow.ts";
import type { Queuecall } from "../../src/model/queuecall.ts";
import type { QueuePlace, Turn } from "../../src/ports/queueing.ts";
import { sampleFlow, sampleQueue, sampleQueuecall } from "../contract/storage-samples.ts";
import { testOption } from "../support/option.ts";
import { createStep, type World } from "../support/step.ts";

const queue = sampleQueue({ name: "sales", wait_flow_id: null });
const option = { queue_id: queue.id };
const music: Flow = sampleFlow({ actions: [{ id: "m", type: "play", option: {} }] });
const PLACE_VARIABLES = {
  "voipbin.queue.id": queue.id,
  "voipbin.queue.name": "sales",
  "voipbin.queue.detail": "",
  "voipbin.queuecall.id": "place",
  "voipbin.queuecall.timeout_wait": "60000",
  "voipbin.queuecall.timeout_service": "0",
};

/** A step whose place has these turns, one after the other; what is asked of the place is in the step's log. */
function stepWith(turns: readonly Turn[], world: World & { readonly waitFlowId?: string; readonly end?: object } = {}) {
  const left = [...turns];
  const record: Queuecall = sampleQueuecall({
    id: "place",
    queue_id: queue.id,
    timeout_wait: 60_000,
    tm_create: new Date(0).toISOString(),
    tm_end: new Date(2_500).toISOString(),
    ...world.end,
  });
  const note = (what: string) => void step.log.push(what);
  const place: QueuePlace = {
    record,
    queue: { ...queue, wait_flow_id: world.waitFlowId ?? null },
    turn: async () => left.shift() ?? expect.fail("no turn is left"),
    waitUntil: async (atMs) => {
      note(`wait until ${atMs}`);
      await step.passTo(atMs);
    },
    listenToMusic: async () => note("music"),
    talk: async () => note("talk"),
    leave: () => note("leave"),
    forget: async () => note("forget"),
  };
  const step = createStep(queueJoin, option, {
    flows: { [music.id]: music },
    queues: {
      newId: () => "place",
      join: async (queueId, queuecallId) => {
        note(`join ${queueId === queue.id ? "sales" : queueId} as ${queuecallId}`);
        return place;
      },
    },
    ...world,
  });
  return step;
}

test("queue_join without a wait flow plays music, lets caller and agent talk, and goes on", async () => {
  const step = stepWith(["waiting", "answered", "over"], { end: { status: "done", end_reason: "served" } });
  expect(await step.run()).toEqual(next);
  expect(step.log).toEqual(["join sales as place", "music", "call.answer", "talk", "forget"]);
  expect(Object.fromEntries(step.variables)).toEqual({
    "voipbin.call.digits": "",
    "voipbin.queuecall.status": "done",
    "voipbin.queuecall.end_reason": "served",
    "voipbin.queuecall.duration_waiting": "2500",
  });
});

test("queue_join sends the caller through the wait flow, to be called back", async () => {
  const step = stepWith(["waiting"], { waitFlowId: music.id, startMs: 7_000 });
  const value = { queuecall_id: "place", forked_at_ms: 7_000 };
  expect(await step.run()).toEqual({ kind: "fork", actions: music.actions, again: { value, until: "place" } });
  expect(Object.fromEntries(step.variables)).toMatchObject(PLACE_VARIABLES);
});

test("queue_join, called back, finds its place and sends the caller round again, not too fast", async () => {
  const again = { queuecall_id: "place", forked_at_ms: 7_000 };
  const step = stepWith(["waiting", "waiting"], { waitFlowId: music.id, again, startMs: 7_100 });
  expect(await step.run()).toMatchObject({ kind: "fork", again: { value: { ...again, forked_at_ms: 8_000 } } });
  expect(step.log).toEqual(["join sales as place", "wait until 8000"]);
});

test.each([
  ["that is not there", "11111111-1111-4111-8111-111111111111", {}],
  ["with nothing in it", music.id, { flows: { [music.id]: { ...music, actions: [] } } }],
])("queue_join plays music instead of a wait flow %s", async (_what, waitFlowId, world) => {
  const step = stepWith(["waiting", "over"], { waitFlowId, ...world });
  await step.run();
  expect(step.log).toContain("music");
});

test("queue_join that ends otherwise gives the place up, and tells why", async () => {
  const step = stepWith([]);
  await expect(step.run()).rejects.toThrow("no turn is left");
  expect(step.log.at(-1)).toBe("leave");
  const none = createStep(queueJoin, option);
  await expect(none.run()).rejects.toThrow(`there is no queue ${queue.id}`);
});

testOption(queueJoin, {
  accepted: [[{ queue_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe" }]],
  refused: [
    {},
    { queue_id: "" },
    { queue_id: "00000000-0000-0000-0000-000000000000" },
    { queue_id: "sales" },
    { queue_id: 5 },
    { queue_id: "367e0e7a-3a8c-11eb-bb08-f3c3f059cfbe", x: 1 },
  ],
});
