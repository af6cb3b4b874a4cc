import { expect, test } from "vitest";
import type { Call } from "../../src/model/call.ts";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { aCall, shownCall } from "./support/call.ts";
import { ANNA, BERTS_KEY, startApi } from "./support/server.ts";

const unknown = "11111111-1111-4111-8111-111111111111";

test("calls are listed and shown", async () => {
  const { send, storage } = await startApi();
  const call = aCall();
  await storage.calls.create(call, []);
  expect((await send("GET", "/v1.0/calls")).body).toEqual({ result: [shownCall(call)], next_page_token: null });
  expect((await send("GET", `/v1.0/calls/${call.id.toUpperCase()}`)).body).toEqual(shownCall(call));
});

test.each([
  [undefined, "-"],
  [{}, "-"],
  [{ reason: "busy" }, "busy"],
])("hangup with %j", async (body, reason) => {
  const { send, storage, engine } = await startApi();
  const call = aCall();
  await storage.calls.create(call, []);
  const { status, body: after } = await send("POST", `/v1.0/calls/${call.id}/hangup`, body);
  expect(status).toBe(200);
  expect(after).toMatchObject({ id: call.id, status: "hangup" });
  expect(engine.log).toEqual([`hangup ${call.id} ${reason}`]);
});

test("a call that is over is left alone", async () => {
  const { send, storage, engine } = await startApi();
  const call = aCall({ status: "hangup", hangup_by: "remote", hangup_reason: "normal", hangup_cause: 16 });
  await storage.calls.create(call, []);
  expect(await send("POST", `/v1.0/calls/${call.id}/hangup`)).toMatchObject({ status: 200, body: shownCall(call) });
  expect(engine.log).toEqual([]);
});

test.each([
  ["that is up, which is hung up", {}, true],
  ["that is over", { status: "hangup", hangup_by: "remote", hangup_reason: "normal", hangup_cause: 16 }, false],
] as const)("a call %s, is removed with its timeline", async (_which, changes, isHungUp) => {
  const { send, storage, engine } = await startApi();
  const call = aCall(changes);
  const fact = { activeflow_id: null, call_id: call.id, at: call.tm_create, type: "call_created", data: {} } as const;
  await storage.calls.create(call, [fact]);
  const { status, body } = await send("DELETE", `/v1.0/calls/${call.id}`);
  expect([status, body]).toEqual([200, expect.objectContaining({ id: call.id, status: "hangup" })]);
  expect(engine.log).toEqual(isHungUp ? [`hangup ${call.id} -`] : []);
  for (const path of ["", "/timeline"]) expect((await send("GET", `/v1.0/calls/${call.id}${path}`)).status).toBe(404);
  expect(await storage.timeline.ofCall(call.id)).toEqual([]);
});

test("a reason that does not exist is refused", async () => {
  const { send, storage } = await startApi();
  const call = aCall();
  await storage.calls.create(call, []);
  expect(await send("POST", `/v1.0/calls/${call.id}/hangup`, { reason: "boring" })).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path: "reason" }] } },
  });
});

test("the timeline tells what happened, oldest first", async () => {
  const { send, storage } = await startApi();
  const call = aCall();
  const fact = { activeflow_id: null, call_id: call.id, data: {} };
  await storage.calls.create(call, [{ ...fact, at: "2026-01-01T00:00:00.000Z", type: "call_created" }]);
  await storage.timeline.append([
    { ...fact, at: "2026-01-01T00:00:01.000Z", type: "digit_received", data: { digit: "5" } },
  ]);
  const { body } = await send("GET", `/v1.0/calls/${call.id}/timeline`);
  expect(body.next_page_token).toBeNull();
  expect(body.result).toMatchObject([{ type: "call_created" }, { type: "digit_received", data: { digit: "5" } }]);
});

test.each([
  ["GET", ""],
  ["GET", "/timeline"],
  ["POST", "/hangup"],
  ["DELETE", ""],
])("%s /calls/{id}%s of no call is 404", async (method, rest) => {
  const { send } = await startApi();
  expect(await send(method, `/v1.0/calls/${unknown}${rest}`)).toMatchObject({
    status: 404,
    body: { error: { status: "NOT_FOUND", reason: "RESOURCE_NOT_FOUND" } },
  });
});

test("an Asterisk that is away is told as such", async () => {
  const away = new TelephonyError("unavailable", "hangup", "secret address refused the connection");
  const { send, storage } = await startApi({ engine: { hangupCall: () => Promise.reject(away) } });
  const call = aCall();
  await storage.calls.create(call, []);
  const { status, body } = await send("POST", `/v1.0/calls/${call.id}/hangup`);
  expect(status).toBe(503);
  expect(body.error).toMatchObject({ status: "UNAVAILABLE", reason: "TELEPHONY_UNAVAILABLE" });
  expect(JSON.stringify(body)).not.toContain("secret");
});

const actions = [{ id: "hi", type: "beep" }];
const SIP = { type: "sip", target: "sip:bob@example.com" };

test("calls are ordered with actions, to SIP addresses and extensions, by id or by number", async () => {
  const { send, engine } = await startApi();
  const { body: extension } = await send("POST", "/v1.0/extensions", { extension: "2001" });
  const destinations = [
    SIP,
    { type: "extension", target: extension.id },
    { type: "extension", target: "2001" },
    { type: "extension", target_name: "2001" },
  ];
  const { status, body } = await send("POST", "/v1.0/calls", { destinations, actions, variables: { a: "b" } });
  expect([status, body.groupcalls]).toEqual([201, []]);
  expect(body.calls.map(({ direction, status }: Call) => [direction, status])).toEqual(
    Array(4).fill(["outgoing", "dialing"]),
  );
  const dialled = { type: "extension", target: extension.id, target_name: "2001" };
  expect(engine.orders).toEqual([
    {
      customerId: ANNA,
      source: { type: "sip", target: "ringdown", name: "Ringdown" },
      destinations: [SIP, dialled, dialled, dialled],
      flowId: null,
      actions: [{ id: "hi", type: "beep", option: {} }],
      onCompleteFlowId: null,
      variables: { a: "b" },
      earlyExecution: false,
    },
  ]);
});

test("calls are ordered with a flow, whose follower they take with them", async () => {
  const { send, engine } = await startApi();
  const { body: last } = await send("POST", "/v1.0/flows", { actions, on_complete_flow_id: "" });
  const { body: flow } = await send("POST", "/v1.0/flows", { actions, on_complete_flow_id: last.id });
  const source = { type: "tel", target: "+15550100", name: "Anna" };
  const order = { source, destinations: [SIP], flow_id: flow.id, early_execution: true };
  expect((await send("POST", "/v1.0/calls", order)).status).toBe(201);
  expect(engine.orders).toMatchObject([
    { source, flowId: flow.id, actions: flow.actions, onCompleteFlowId: last.id, earlyExecution: true },
  ]);
});

test("every fault of an order is told at once, and nobody is called", async () => {
  const { send, engine } = await startApi();
  await send("POST", "/v1.0/extensions", { extension: "3001" }, BERTS_KEY);
  const destinations = [
    { type: "tel", target: "5550100" },
    { type: "sip", target: "sip:bob@exa mple.com" },
    { type: "extension", target: "3001" },
    { type: "extension", target_name: "4001" },
    { type: "conference", target: unknown },
    { type: "sip", target: "bob" },
    SIP,
  ];
  const source = { type: "extension", target: "3001" };
  const { status, body } = await send("POST", "/v1.0/calls", { source, destinations, flow_id: unknown });
  expect([status, body.error.reason]).toEqual([400, "UNKNOWN_FLOW"]);
  expect(body.error.details.map(({ path }: { path: string }) => path)).toEqual([
    "source.target",
    "destinations[0].target",
    "destinations[1].target",
    "destinations[2].target",
    "destinations[3].target_name",
    "destinations[4].type",
    "destinations[5].target",
    "flow_id",
  ]);
  expect(body.error.details[1].message).toContain("give a number like +4930123456");
  expect(body.error.details[6].message).toBe('this is no SIP URI: "bob"; give a URI like sip:user@host');
  expect(engine.orders).toEqual([]);
});

test.each([
  ["no destination", { destinations: [], actions }, "INVALID_BODY", "destinations"],
  ["nothing to run", { destinations: [SIP] }, "INVALID_BODY", ""],
  ["wrong actions", { destinations: [SIP], actions: [{ type: "slep" }] }, "INVALID_FLOW", "actions[0].type"],
  [
    "a host that hides another",
    { destinations: [{ type: "sip", target: "a@b?X=y" }], actions },
    "INVALID_BODY",
    "destinations[0].target",
  ],
])("an order with %s is refused", async (_title, order, reason, path) => {
  const { send } = await startApi();
  expect(await send("POST", "/v1.0/calls", order)).toMatchObject({
    status: 400,
    body: { error: { reason, details: [{ path }] } },
  });
});
