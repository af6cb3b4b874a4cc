import { expect, test } from "vitest";
import { NIL_UUID } from "../../src/model/identifier.ts";
import { startApi, type TestApi } from "./support/server.ts";

const createFlow = async ({ send }: TestApi): Promise<string> =>
  (await send("POST", "/v1.0/flows", { actions: [{ type: "answer" }] })).body.id;

test("a number is created, shown, listed, changed and removed", async () => {
  const api = await startApi();
  const { send } = api;
  const flowId = await createFlow(api);
  const created = await send("POST", "/v1.0/numbers", { number: "1000", call_flow_id: flowId });
  expect(created).toMatchObject({
    status: 201,
    body: { number: "1000", call_flow_id: flowId, message_flow_id: null, name: "", detail: "" },
  });
  const path = `/v1.0/numbers/${created.body.id}`;
  expect((await send("GET", path)).body).toEqual(created.body);
  expect((await send("GET", "/v1.0/numbers")).body.result).toEqual([created.body]);
  expect((await send("DELETE", path)).body).toEqual(created.body);
  expect((await send("GET", path)).status).toBe(404);
});

test("a change touches only the fields that it gives", async () => {
  const api = await startApi();
  const { send } = api;
  const flowId = await createFlow(api);
  const { body } = await send("POST", "/v1.0/numbers", { number: "1000", call_flow_id: flowId, name: "menu" });
  const path = `/v1.0/numbers/${body.id}`;
  expect((await send("PUT", path, { detail: "new" })).body).toMatchObject({
    name: "menu",
    detail: "new",
    call_flow_id: flowId,
  });
  expect((await send("PUT", path, { call_flow_id: null })).body).toMatchObject({ call_flow_id: null, detail: "new" });
});

test("all zeros mean no flow", async () => {
  const { send } = await startApi();
  const created = await send("POST", "/v1.0/numbers", { number: "1000", call_flow_id: NIL_UUID });
  expect(created).toMatchObject({ status: 201, body: { call_flow_id: null } });
});

test("flows that the customer does not have are refused, each with its field", async () => {
  const { send } = await startApi();
  const unknown = "11111111-1111-4111-8111-111111111111";
  const body = { number: "1000", call_flow_id: unknown, message_flow_id: unknown };
  expect(await send("POST", "/v1.0/numbers", body)).toMatchObject({
    status: 400,
    body: { error: { reason: "UNKNOWN_FLOW", details: [{ path: "call_flow_id" }, { path: "message_flow_id" }] } },
  });
});

test("a number can be routed once only", async () => {
  const { send } = await startApi();
  await send("POST", "/v1.0/numbers", { number: "1000" });
  expect(await send("POST", "/v1.0/numbers", { number: "1000" })).toMatchObject({
    status: 409,
    body: { error: { status: "ALREADY_EXISTS", reason: "RESOURCE_EXISTS", details: [{ path: "number" }] } },
  });
  const { body: other } = await send("POST", "/v1.0/numbers", { number: "1001" });
  const moved = await send("PUT", `/v1.0/numbers/${other.id}`, { number: "1000" });
  expect(moved.body.error.message).toBe('the number "1000" exists already: give another, or change that one');
});

test("every fault of a body is told, with the nearest known field", async () => {
  const { send } = await startApi();
  const { status, body } = await send("POST", "/v1.0/numbers", { number: 7, call_flowid: "x", message_flow_id: "x" });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ status: "INVALID_ARGUMENT", reason: "INVALID_BODY" });
  expect(body.error.details).toHaveLength(3);
  expect(body.error.details).toContainEqual(expect.objectContaining({ path: "call_flowid", nearest: "call_flow_id" }));
  expect(body.error.details).toContainEqual(expect.objectContaining({ path: "number" }));
  expect(body.error.details).toContainEqual(expect.objectContaining({ path: "message_flow_id" }));
});
