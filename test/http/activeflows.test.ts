import { expect, test } from "vitest";
import { VariableLimitError } from "../../src/ports/variables.ts";
import { ANNA, startApi } from "./support/server.ts";

const actions = [{ id: "wait", type: "sleep", option: { duration: 1000 } }];
const unknown = "11111111-1111-4111-8111-111111111111";

test("a run of actions is started, shown, listed and stopped", async () => {
  const { send, engine } = await startApi();
  const created = await send("POST", "/v1.0/activeflows", { actions, variables: { name: "Ada" } });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    customer_id: ANNA,
    flow_id: null,
    status: "running",
    reference_type: "api",
    variables: { name: "Ada" },
    current_action: { ...actions[0], tm_execute: "2026-01-02T00:00:00.000Z" },
    executed_actions: [{ ...actions[0], tm_execute: "2026-01-02T00:00:00.000Z" }],
    ended_reason: null,
    tm_end: null,
  });
  expect(created.body).not.toHaveProperty("position");
  const path = `/v1.0/activeflows/${created.body.id}`;
  expect((await send("GET", path)).body).toEqual(created.body);
  expect((await send("GET", "/v1.0/activeflows")).body.result).toEqual([created.body]);
  expect((await send("GET", `${path}/timeline`)).body.result).toMatchObject([{ type: "action_started" }]);
  const stopped = await send("POST", `${path}/stop`);
  expect(stopped.body).toMatchObject({ status: "ended", ended_reason: "stopped", current_action: null });
  expect((await send("POST", `${path}/stop`)).status).toBe(200);
  expect(engine.log).toEqual([`stop ${created.body.id}`]);
});

test.each(["running", "over"])("one that is %s is removed, and is over then", async (which) => {
  const { send, engine } = await startApi();
  const { body: run } = await send("POST", "/v1.0/activeflows", { actions });
  const path = `/v1.0/activeflows/${run.id}`;
  if (which === "over") await send("POST", `${path}/stop`);
  expect(await send("DELETE", path)).toMatchObject({ status: 200, body: { id: run.id, status: "ended" } });
  expect(engine.log).toEqual([`stop ${run.id}`]);
  for (const rest of ["", "/timeline"]) expect((await send("GET", `${path}${rest}`)).status).toBe(404);
});

test("a run of a flow takes the flow's on_complete flow with it", async () => {
  const { send, engine } = await startApi();
  const { body: last } = await send("POST", "/v1.0/flows", { actions });
  const { body: flow } = await send("POST", "/v1.0/flows", { actions, on_complete_flow_id: last.id });
  const { status, body } = await send("POST", "/v1.0/activeflows", { flow_id: flow.id });
  expect(status).toBe(201);
  expect(body).toMatchObject({ flow_id: flow.id, on_complete_flow_id: last.id });
  expect(engine.starts).toEqual([{ flowId: flow.id, customerId: ANNA, variables: {}, onCompleteFlowId: last.id }]);
});

test.each([
  ["nothing to run", {}, "INVALID_BODY", /^$/],
  ["a flow and actions", { flow_id: unknown, actions }, "INVALID_BODY", /^$/],
  ["an unknown flow", { flow_id: unknown }, "UNKNOWN_FLOW", /^flow_id$/],
  ["an unknown on_complete flow", { actions, on_complete_flow_id: unknown }, "UNKNOWN_FLOW", /^on_complete_flow_id$/],
  ["wrong actions", { actions: [{ type: "slep" }] }, "INVALID_FLOW", /^actions\[0\]\.type$/],
  ["a variable that is no text", { actions, variables: { a: 1 } }, "INVALID_BODY", /^variables\.a$/],
  [
    "a variable of the system's",
    { actions, variables: { "voipbin.call.id": "x" } },
    "INVALID_BODY",
    /voipbin\.call\.id/,
  ],
  ["an unknown field", { actions, variable: {} }, "INVALID_BODY", /^variable$/],
  ["no body", undefined, "INVALID_BODY", /^$/],
])("%s is refused", async (_title, body, reason, path) => {
  const { send, engine } = await startApi();
  expect(await send("POST", "/v1.0/activeflows", body)).toMatchObject({
    status: 400,
    body: { error: { reason, details: [{ path: expect.stringMatching(path) }] } },
  });
  expect(engine.starts).toEqual([]);
});

test("variables that are too large are refused", async () => {
  const startActiveflow = () => Promise.reject(new VariableLimitError("big", 32_768));
  const { send } = await startApi({ engine: { startActiveflow } });
  expect(await send("POST", "/v1.0/activeflows", { actions, variables: { big: "x" } })).toMatchObject({
    status: 400,
    body: { error: { reason: "VARIABLES_TOO_LARGE", details: [{ path: "variables.big" }] } },
  });
});

test.each([
  ["GET", ""],
  ["GET", "/timeline"],
  ["POST", "/stop"],
  ["DELETE", ""],
])("%s /activeflows/{id}%s of no run is 404", async (method, rest) => {
  const { send } = await startApi();
  const { status, body } = await send(method, `/v1.0/activeflows/${unknown}${rest}`);
  expect([status, body.error.reason]).toEqual([404, "RESOURCE_NOT_FOUND"]);
});
