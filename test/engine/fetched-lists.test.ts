/** Lists that come from elsewhere, run by the whole engine. */
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { actions } from "../../src/actions/registry.generated.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { createHealth } from "../../src/engine/health.ts";
import { defaultFlowLimits } from "../../src/flow/limits.ts";
import type { Action } from "../../src/model/action.ts";
import type { FlowAnswer, FlowRequest } from "../../src/ports/flow-requests.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { systemClock as clock } from "../../src/providers/system/clock.ts";
import { randomIds as ids } from "../../src/providers/system/ids.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { sampleFlow } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";
import { silentMetrics } from "../support/metrics.ts";
import { fakeSwitch } from "./fake-switch.ts";
import { testLimits } from "./limits.ts";

const log = pino({ level: "silent" });
let storage: Storage;
let engine: Engine;
let answer: (request: FlowRequest) => unknown;

beforeEach(async () => {
  storage = await openStorage("sqlite::memory:", { log, clock });
  const send = async (request: FlowRequest): Promise<FlowAnswer> => ({
    status: 200,
    body: Buffer.from(JSON.stringify(answer(request))),
    tries: 1,
  });
  const none = () => Promise.reject(new Error("not in this test"));
  engine = createEngine({
    storage,
    ...fakeSwitch(),
    catalogue: actions,
    ports: { clock, speech: { speak: none, begin: none }, media: { fetch: none }, http: { send } },
    limits: testLimits({ flow: { ...defaultFlowLimits, jumps: 50 } }),
    clock,
    ids,
    log,
    metrics: silentMetrics,
    health: createHealth(clock),
  });
  await engine.start();
  return () => {
    engine.stop();
    return storage.close();
  };
});

test("a list that fetches itself for ever ends by the limit of nested lists", async () => {
  let asked = 0;
  answer = () => {
    asked += 1;
    return [fetching];
  };
  expect(await ended([{ id: "f", ...fetching }])).toMatchObject({ ended_reason: "frame_limit" });
  expect(asked).toBe(defaultFlowLimits.frames);
});

test("a list that jumps back out to fetch itself again ends by the limit of jumps", async () => {
  answer = () => [{ type: "goto", option: { target_id: "f", loop_count: 1_000_000 } }];
  expect(await ended([{ id: "f", ...fetching }])).toMatchObject({ ended_reason: "jump_limit" });
});

test("a fetched list runs nested, with the variables, and the flow goes on after it", async () => {
  answer = () => ({ actions: [mark("b"), { type: "goto", option: { target_id: "out", loop_count: 1 } }, mark("x")] });
  const run = await ended([made(mark("a")), { id: "f", ...fetching }, made(mark("y")), { id: "out", ...mark("c") }]);
  expect(run.variables.marks).toBe("abc");
});

test("a flow that fetches itself by its id ends by the limit of nested lists", async () => {
  const id = ids.next();
  const list = [{ id: "f", type: "fetch_flow", option: { flow_id: id } }];
  await storage.flows.create(sampleFlow({ id, customer_id: storage.defaultCustomerId, actions: list }));
  expect(await ended(list)).toMatchObject({ ended_reason: "frame_limit" });
});

test("another customer's flow can't be fetched", async () => {
  const { id } = sampleFlow();
  await storage.flows.create(sampleFlow({ id, actions: [{ id: "m", ...mark("stolen") }] }));
  const run = await ended([{ id: "f", type: "fetch_flow", option: { flow_id: id } }, made(mark("mine"))]);
  expect(run.variables.marks).toBe("mine");
});

test("an answer whose fields are too large sets none, and the flow goes on", async () => {
  answer = () => Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, "x".repeat(31_000)]));
  const option = { uri: "https://a.test", sync: true };
  const run = await ended([{ id: "w", type: "webhook_send", option }, made(mark("on"))]);
  expect(run.variables).toMatchObject({ marks: "on", "voipbin.webhook.status_code": "200" });
  expect(run.variables).not.toHaveProperty("f0");
  const failed = (await storage.timeline.ofActiveflow(run.id)).find(({ type }) => type === "action_failed");
  expect(failed?.data).toMatchObject({ error: "VariableLimitError", variable: "f8" });
});

test("webhooks that nobody waits for are in the outbox, in order, when the run has ended", async () => {
  const hook = (host: string, data: string) =>
    made({ type: "webhook_send", option: { uri: `https://${host}/x`, data: `${data} \${who}` } });
  const run = await ended([hook("a.test", "1"), hook("a.test", "2"), hook("b.test", "3")], { who: "Ann" });
  const claim = () => storage.deliveries.claim({ nowMs: Date.now(), untilMs: Date.now() + 60_000, most: 10 });
  const first = await claim();
  expect(first.map(({ request }) => "body" in request && request.body)).toEqual(["1 Ann", "3 Ann"]);
  expect(first[0]).toMatchObject({ customer_id: storage.defaultCustomerId, activeflow_id: run.id, call_id: null });
  await storage.deliveries.delivered(first[0]?.id ?? "", []);
  expect((await claim()).map(({ request }) => "body" in request && request.body)).toEqual(["2 Ann"]);
});

const fetching = { type: "fetch", option: { event_url: "https://a.test/again" } };
const mark = (text: string) => ({ type: "variable_set", option: { key: "marks", value: `\${marks}${text}` } });
const made = (action: Omit<Action, "id">): Action => ({ id: ids.next(), ...action });

async function ended(list: readonly Action[], variables: Readonly<Record<string, string>> = {}) {
  const customerId = storage.defaultCustomerId;
  const id = await engine.startActiveflow({ actions: list, customerId, variables, onCompleteFlowId: null });
  return eventually("the run's end", async () => {
    const run = await storage.activeflows.get(id);
    return run?.status === "ended" ? run : undefined;
  });
}
