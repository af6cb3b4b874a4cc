import { expect, test } from "vitest";
import { sampleQueuecall } from "../contract/storage-samples.ts";
import { ANNA, startApi, type TestApi } from "./support/server.ts";

const make = async ({ send }: TestApi, kind: string, body: object) => (await send("POST", `/v1.0/${kind}`, body)).body;

/** Puts callers into a queue; gives their ids. */
async function queueUp({ storage }: TestApi, queue_id: string, ...statuses: readonly ("waiting" | "service")[]) {
  const callers = statuses.map((status, index) =>
    sampleQueuecall({ customer_id: ANNA, queue_id, status, ticket: index, tm_create: "2026-01-01T00:00:00.000Z" }),
  );
  for (const caller of callers) await storage.queuecalls.create(caller, []);
  return callers;
}

test("a queue has what it needs when only a name is given", async () => {
  const api = await startApi();
  const made = await api.send("POST", "/v1.0/queues", { name: "sales" });
  expect(made).toMatchObject({
    status: 201,
    body: {
      customer_id: ANNA,
      name: "sales",
      detail: "",
      tag_ids: [],
      routing_method: "fifo",
      wait_flow_id: null,
      wait_timeout: 0,
      service_timeout: 0,
      ring_time: 20_000,
      rest_time: 10_000,
      wrap_up_time: 0,
      wait_queuecall_ids: [],
      service_queuecall_ids: [],
      total_incoming_count: 0,
      total_serviced_count: 0,
      total_abandoned_count: 0,
    },
  });
  const path = `/v1.0/queues/${made.body.id}`;
  expect((await api.send("GET", path)).body).toEqual(made.body);
  expect((await api.send("GET", "/v1.0/queues")).body.result).toEqual([made.body]);
  expect((await api.send("DELETE", path)).body).toEqual(made.body);
  expect((await api.send("GET", path)).status).toBe(404);
});

test("each part of a queue is changed by itself", async () => {
  const api = await startApi();
  const { id: tag } = await make(api, "tags", { name: "sales" });
  const { id: flow } = await make(api, "flows", { actions: [{ type: "answer" }] });
  const { id } = await make(api, "queues", { name: "sales", tag_ids: [tag], wait_flow_id: flow, wait_timeout: 5 });
  const put = async (part: string, body: object) => (await api.send("PUT", `/v1.0/queues/${id}${part}`, body)).body;
  expect(await put("", { detail: "new" })).toMatchObject({
    name: "sales",
    detail: "new",
    tag_ids: [tag],
    wait_flow_id: flow,
    wait_timeout: 5,
  });
  expect(await put("/routing_method", { routing_method: "random" })).toMatchObject({ routing_method: "random" });
  expect(await put("/tag_ids", { tag_ids: [] })).toMatchObject({ tag_ids: [], wait_flow_id: flow });
  expect(await put("", { wait_flow_id: null })).toMatchObject({ wait_flow_id: null, detail: "new" });
});

test("tags and flows that the customer does not have are refused", async () => {
  const api = await startApi();
  const unknown = "11111111-1111-4111-8111-111111111111";
  const { id } = await make(api, "tags", { name: "sales" });
  expect(await api.send("POST", "/v1.0/queues", { tag_ids: [unknown, "sales"] })).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path: "tag_ids[0]" }, { path: "tag_ids[1]", nearest: id }] } },
  });
  expect(await api.send("POST", "/v1.0/queues", { tag_ids: [unknown], wait_flow_id: unknown })).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path: "tag_ids[0]" }, { path: "wait_flow_id" }] } },
  });
  expect(await api.send("POST", "/v1.0/queues", { wait_flow_id: unknown })).toMatchObject({
    status: 400,
    body: { error: { reason: "UNKNOWN_FLOW", details: [{ path: "wait_flow_id" }] } },
  });
});

test("a queue shows who waits, in order, and who talks", async () => {
  const api = await startApi();
  const { id } = await make(api, "queues", {});
  const [first, second, third] = await queueUp(api, id, "waiting", "service", "waiting");
  expect((await api.send("GET", `/v1.0/queues/${id}`)).body).toMatchObject({
    wait_queuecall_ids: [first?.id, third?.id],
    service_queuecall_ids: [second?.id],
    total_incoming_count: 3,
  });
});

test("a caller's position counts those who came before into the same queue, and time passes", async () => {
  const api = await startApi();
  const { id } = await make(api, "queues", {});
  await queueUp(api, (await make(api, "queues", {})).id, "waiting");
  const callers = await queueUp(api, id, "service", "waiting", "waiting");
  const shown = await Promise.all(callers.map((one) => api.send("GET", `/v1.0/queuecalls/${one.id}`)));
  expect(shown.map(({ body }) => body.position)).toEqual([null, 1, 2]);
  expect(shown[0]?.body).not.toHaveProperty("ticket");
  const waited = shown[1]?.body.duration_waiting;
  api.pass(5_000);
  const later = (await api.send("GET", `/v1.0/queuecalls/${callers[1]?.id}`)).body;
  expect(later.duration_waiting).toBeGreaterThanOrEqual(waited + 5_000);
});

test("a caller is kicked by its own id, or by that of its call", async () => {
  const api = await startApi();
  const { id } = await make(api, "queues", {});
  const [first, second] = await queueUp(api, id, "waiting", "waiting");
  expect(await api.send("POST", `/v1.0/queuecalls/${first?.id}/kick`)).toMatchObject({
    status: 200,
    body: { id: first?.id, status: "abandoned", end_reason: "kicked", position: null },
  });
  const byCall = `/v1.0/queuecalls/reference_id/${second?.reference_id}/kick`;
  expect((await api.send("POST", byCall)).body).toMatchObject({ id: second?.id, status: "abandoned" });
  expect((await api.send("POST", byCall)).status).toBe(404);
  expect(api.engine.log).toEqual([`kick ${first?.id}`, `kick ${second?.id}`]);
});

test("what is known of a caller can be removed when it has left, not before", async () => {
  const api = await startApi();
  const [caller] = await queueUp(api, (await make(api, "queues", {})).id, "waiting");
  const path = `/v1.0/queuecalls/${caller?.id}`;
  expect(await api.send("DELETE", path)).toMatchObject({ status: 409, body: { error: { reason: "QUEUECALL_LIVE" } } });
  await api.send("POST", `${path}/kick`);
  expect((await api.send("DELETE", path)).status).toBe(200);
  expect((await api.send("GET", path)).status).toBe(404);
});
