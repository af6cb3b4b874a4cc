import { expect, test } from "vitest";
import { TelephonyError } from "../../src/ports/telephony.ts";
import { aCall } from "./support/call.ts";
import { startApi } from "./support/server.ts";

const unknown = "11111111-1111-4111-8111-111111111111";

test("calls are listed and shown", async () => {
  const { send, storage } = await startApi();
  const call = aCall();
  await storage.calls.create(call, []);
  expect((await send("GET", "/v1.0/calls")).body).toEqual({ result: [call], next_page_token: null });
  expect((await send("GET", `/v1.0/calls/${call.id.toUpperCase()}`)).body).toEqual(call);
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
  expect(await send("POST", `/v1.0/calls/${call.id}/hangup`)).toMatchObject({ status: 200, body: call });
  expect(engine.log).toEqual([]);
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
