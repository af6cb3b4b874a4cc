import { expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type FlowAction, startLab } from "../support/lab.ts";
import { begun, endedRecord, factsOf, typesOf } from "../support/records.ts";

/** The interface while calls are live; what it promises without them is in test/http. */
const lab = await startLab();
const waiting: readonly FlowAction[] = [{ type: "answer" }, { type: "sleep", option: { duration: 60_000 } }];

const liveCall = async (actions = waiting) => {
  const call = await lab.call(actions);
  await begun(lab, call.number, "sleep");
  const record = await lab.recordOf(call.number);
  return { call, path: `/calls/${record.id}`, record };
};

test("a live call shows itself, its run and its story", async () => {
  const { call, path, record } = await liveCall();
  expect(await lab.api.get(path)).toMatchObject({ status: "progressing", tm_hangup: null, hangup_by: null });
  const run = await lab.api.get(`/activeflows/${String(record.activeflow_id)}`);
  expect(run).toMatchObject({
    status: "running",
    reference_type: "call",
    reference_id: record.id,
    current_action: { type: "sleep" },
    executed_actions: [{ type: "answer" }, { type: "sleep" }],
    variables: { "voipbin.call.id": record.id, "voipbin.call.status": "progressing" },
  });
  expect(typesOf(await lab.timelineOf(call.number))).toContain("call_answered");
  await call.hangup();
});

test.each([
  ["no reason", undefined, "normal", 16],
  ["a reason", { reason: "busy" }, "busy", 17],
])("a hangup with %s reaches the caller's phone, and is on record", async (_what, body, reason, cause) => {
  const { call, path } = await liveCall();
  expect(await lab.api.request("POST", `${path}/hangup`, body)).toMatchObject({ status: 200 });
  expect(await call.ended()).toMatchObject({ by: "them", reason: expect.stringContaining(`cause=${cause}`) });
  expect(call.story.happenings).toContainEqual(expect.objectContaining({ type: "request", method: "BYE" }));
  expect(await endedRecord(lab, call.number)).toMatchObject({ hangup_by: "local", hangup_reason: reason });
  expect(await lab.api.request("POST", `${path}/hangup`)).toMatchObject({ status: 200, body: { hangup_by: "local" } });
});

test("a hangup before the answer refuses the call", async () => {
  const { call, path } = await liveCall([{ type: "sleep", option: { duration: 60_000 } }]);
  await lab.api.request("POST", `${path}/hangup`, { reason: "busy" });
  expect(await call.ended()).toMatchObject({ by: "refused", status: 486 });
});

test("a run that is stopped hangs its call up", async () => {
  const { call, record } = await liveCall();
  const path = `/activeflows/${String(record.activeflow_id)}/stop`;
  const over = { status: 200, body: { status: "ended", ended_reason: "stopped" } };
  expect(await lab.api.request("POST", path)).toMatchObject(over);
  expect(await call.ended()).toMatchObject({ by: "them" });
  expect(await endedRecord(lab, call.number)).toMatchObject({ hangup_by: "local" });
  expect(await lab.api.request("POST", path)).toMatchObject(over);
});

test("a run without a call sleeps, skips what needs a call, and survives a crash", async () => {
  const run = await lab.api.post("/activeflows", {
    actions: [
      { type: "variable_set", option: { key: "name", value: "${greeting} Ann" } },
      { type: "beep" },
      { type: "sleep", option: { duration: 2_000 } },
    ],
    variables: { greeting: "Hello" },
  });
  await lab.ringdown.kill();
  await lab.ringdown.start();
  const ended = await eventually("its end", async () => {
    const shown = (await lab.api.list("/activeflows")).find(({ id }) => id === run.id);
    return shown?.status === "ended" ? shown : undefined;
  });
  expect(ended).toMatchObject({ ended_reason: "finished", variables: { name: "Hello Ann" } });
  const timeline = await lab.api.list(`/activeflows/${run.id}/timeline`);
  expect(factsOf(timeline, "action_skipped").map(({ action }) => action)).toEqual(["beep"]);
});

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const send = async (body: string, contentType = "application/json") => {
  const response = await fetch(`${lab.api.base}/v1.0/flows`, {
    method: "POST",
    headers: { authorization: `Bearer ${lab.api.key}`, "content-type": contentType },
    body,
  });
  return { status: response.status, body: await response.json() };
};

test.each([
  ["that is not JSON", "{", "application/json", 400],
  ["that is another kind", "<flow/>", "text/xml", 415],
  ["deeper than any flow", nested(100_000), "application/json", 400],
  ["of more than a mebibyte", JSON.stringify({ name: "x".repeat(1024 * 1024) }), "application/json", 413],
])("a body %s is refused while a call goes on", async (_what, body, contentType, status) => {
  const { call } = await liveCall();
  expect(await send(body, contentType)).toMatchObject({
    status,
    body: { error: { status: expect.any(String), reason: expect.any(String), request_id: expect.any(String) } },
  });
  expect(await lab.recordOf(call.number)).toMatchObject({ status: "progressing" });
  await call.hangup();
});

test("a flow with errors is refused with every fault at its path, and nothing is stored", async () => {
  const before = (await lab.api.list("/flows")).length;
  const answer = await lab.api.request("POST", "/flows", {
    actions: [{ type: "tlk" }, { type: "goto", option: { target_id: "nowhere", loop_count: 1 } }],
  });
  expect(answer).toMatchObject({ status: 400, body: { error: { reason: expect.any(String) } } });
  const text = JSON.stringify(answer.body);
  for (const part of ["actions[0].type", "talk", "nowhere"]) {
    expect(text).toContain(part);
  }
  expect(await lab.api.list("/flows")).toHaveLength(before);
});

test("the process describes itself", async () => {
  const get = async (path: string) => {
    const response = await fetch(lab.api.base + path);
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  };
  expect(JSON.parse((await get("/v1.0/openapi.json")).text)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  expect(await get("/docs")).toMatchObject({ status: 200, type: expect.stringContaining("text/html") });
  expect((await get("/v1.0/schemas/flow.json")).text).toContain("digits_receive");
  expect(await get("/healthz")).toMatchObject({ status: 200 });
  expect(await get("/readyz")).toMatchObject({ status: 200 });
});
