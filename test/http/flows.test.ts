import { expect, test } from "vitest";
import { BERTS_KEY, startApi } from "./support/server.ts";

const menu = { name: "menu", actions: [{ id: "wait", type: "sleep", option: { duration: 1000 } }] };

test("a flow is created, shown, listed, changed and removed", async () => {
  const { send } = await startApi();
  const created = await send("POST", "/v1.0/flows", menu);
  expect(created).toMatchObject({
    status: 201,
    body: { ...menu, detail: "", on_complete_flow_id: null, warnings: [] },
  });
  expect(created.body.tm_create).toMatch(/^2026-01-01T00:00:00\.\d{3}Z$/);
  const path = `/v1.0/flows/${created.body.id}`;
  const { warnings: _warnings, ...flow } = created.body;
  expect(await send("GET", path)).toMatchObject({ status: 200, body: flow });
  expect((await send("GET", "/v1.0/flows")).body).toEqual({ result: [flow], next_page_token: null });
  const changed = await send("PUT", path, { detail: "spoken" });
  expect(changed.body).toMatchObject({ ...menu, detail: "spoken", id: flow.id, tm_create: flow.tm_create });
  expect(changed.body.tm_update > flow.tm_update).toBe(true);
  expect((await send("DELETE", path)).body).toMatchObject({ id: flow.id, detail: "spoken" });
  expect((await send("GET", path)).status).toBe(404);
});

test("what a flow says is spoken ahead when it is created or changed", async () => {
  const prepared: string[][] = [];
  const { send } = await startApi({
    speechAhead: { prepare: (actions) => prepared.push(actions.map(({ type }) => type)) },
  });
  const { body } = await send("POST", "/v1.0/flows", menu);
  await send("PUT", `/v1.0/flows/${body.id}`, { actions: [{ type: "answer" }] });
  await send("POST", "/v1.0/flows", { actions: [{ type: "slep" }] });
  await send("POST", "/v1.0/flows/validate", menu);
  expect(prepared).toEqual([["sleep"], ["answer"]]);
});

test("an action without an id gets one", async () => {
  const { send } = await startApi();
  const { body } = await send("POST", "/v1.0/flows", { actions: [{ type: "answer" }] });
  expect(body.actions).toMatchObject([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), type: "answer", option: {} }]);
});

test("a flow with errors is refused with every one of them, and not stored", async () => {
  const { send } = await startApi();
  const { status, body } = await send("POST", "/v1.0/flows", {
    nam: "x",
    actions: [
      { type: "slep" },
      { type: "sleep", option: { duration: "long" } },
      { type: "goto", option: { target_id: "nowhere" } },
    ],
  });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ status: "INVALID_ARGUMENT", reason: "INVALID_FLOW" });
  const details: { path: string; nearest?: string }[] = body.error.details;
  expect(details.map(({ path }) => path).toSorted()).toEqual([
    "actions[0].type",
    "actions[1].option.duration",
    "actions[2].option.target_id",
    "nam",
  ]);
  expect(details.find(({ path }) => path === "nam")?.nearest).toBe("name");
  expect(details.find(({ path }) => path === "actions[0].type")?.nearest).toBe("sleep");
  expect((await send("GET", "/v1.0/flows")).body.result).toEqual([]);
});

test.each([[null], ["text"], [[]], [7], [{ actions: {} }]])("%j is no flow", async (document) => {
  const { send } = await startApi();
  const refused = await send("POST", "/v1.0/flows", JSON.stringify(document));
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: "INVALID_FLOW" } } });
  expect(refused.body.error.details.length).toBeGreaterThan(0);
});

test("a change with errors leaves the flow as it was", async () => {
  const { send } = await startApi();
  const { body: flow } = await send("POST", "/v1.0/flows", menu);
  const refused = await send("PUT", `/v1.0/flows/${flow.id}`, { actions: [{ type: "slep" }] });
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: "INVALID_FLOW" } } });
  expect((await send("PUT", `/v1.0/flows/${flow.id}`, "[]")).status).toBe(400);
  expect((await send("GET", `/v1.0/flows/${flow.id}`)).body.actions).toEqual(flow.actions);
});

test("warnings come with the stored flow", async () => {
  const { send } = await startApi();
  const { status, body } = await send("POST", "/v1.0/flows", {
    actions: [{ type: "stop" }, { id: "late", type: "sleep", option: { duration: 1 } }],
  });
  expect(status).toBe(201);
  expect(body.warnings).toMatchObject([{ path: expect.stringContaining("actions[1]") }]);
});

test("validation tells errors and warnings, and stores nothing", async () => {
  const { send } = await startApi();
  expect(await send("POST", "/v1.0/flows/validate", menu)).toMatchObject({
    status: 200,
    body: { valid: true, errors: [], warnings: [] },
  });
  const bad = await send("POST", "/v1.0/flows/validate", { actions: [{ type: "slep" }] });
  expect(bad).toMatchObject({ status: 200, body: { valid: false, errors: [{ path: "actions[0].type" }] } });
  expect((await send("GET", "/v1.0/flows")).body.result).toEqual([]);
});

test("an on_complete flow must be one of the customer's", async () => {
  const { send } = await startApi();
  const unknown = "11111111-1111-4111-8111-111111111111";
  expect(await send("POST", "/v1.0/flows", { ...menu, on_complete_flow_id: unknown })).toMatchObject({
    status: 400,
    body: { error: { reason: "UNKNOWN_FLOW", details: [{ path: "on_complete_flow_id" }] } },
  });
  const { body: flow } = await send("POST", "/v1.0/flows", menu);
  const chained = await send("POST", "/v1.0/flows", { ...menu, on_complete_flow_id: flow.id });
  expect(chained).toMatchObject({ status: 201, body: { on_complete_flow_id: flow.id } });
});

test("a list goes page by page, newest first, to its end", async () => {
  const { send } = await startApi();
  for (const name of ["a", "b", "c", "d", "e"]) await send("POST", "/v1.0/flows", { ...menu, name });
  const names: string[] = [];
  let query = "page_size=2";
  for (let page = 0; page < 3; page += 1) {
    const { body } = await send("GET", `/v1.0/flows?${query}`);
    names.push(...body.result.map(({ name }: { name: string }) => name));
    query = `page_size=2&page_token=${body.next_page_token}`;
    if (page === 2) expect(body.next_page_token).toBeNull();
  }
  expect(names).toEqual(["e", "d", "c", "b", "a"]);
});

test("what a flow names and the customer does not have is a doubt, told wherever it stands", async () => {
  const { send } = await startApi();
  const missing = "b5ef5e64-f7ca-11ec-bbe9-9f74186a2a72";
  const queue = (await send("POST", "/v1.0/queues", { name: "sales" })).body.id;
  await send("POST", "/v1.0/extensions", { extension: "1003" });
  const anybody = { type: "extension", target: "${who}" };
  const document = {
    actions: [
      { type: "answer" },
      { type: "variable_set", option: { key: "who", value: "1003" } },
      { type: "queue_join", option: { queue_id: queue } },
      { type: "queue_join", option: { queue_id: missing } },
      { type: "conference_join", option: { conference_id: missing } },
      { type: "connect", option: { destinations: [{ type: "extension", target_name: "1003" }, anybody] } },
      { type: "connect", option: { destinations: [{ type: "extension", target_name: "1004" }] } },
      {
        type: "call",
        option: {
          destinations: [{ type: "agent", target: missing }],
          actions: [{ type: "chatbot_talk", option: { chatbot_id: missing } }],
        },
      },
      { type: "fetch_flow", option: { flow_id: missing } },
    ],
  };
  const { body } = await send("POST", "/v1.0/flows/validate", document);
  expect(body).toMatchObject({ valid: true, errors: [] });
  const told = body.warnings.map(({ path, message }: { path: string; message: string }) => [
    path,
    message.split(":")[0],
  ]);
  expect(told).toEqual([
    ["actions[3].option.queue_id", `you have no queue "${missing}"`],
    ["actions[4].option.conference_id", `you have no conference "${missing}"`],
    ["actions[6].option.destinations[0].target_name", 'you have no extension "1004"'],
    ["actions[7].option.destinations[0].target", `you have no agent "${missing}"`],
    ["actions[8].option.flow_id", `you have no flow "${missing}"`],
    ["actions[7].option.actions[0].option.chatbot_id", `you have no chatbot "${missing}"`],
  ]);
  expect((await send("POST", "/v1.0/flows", document)).body.warnings).toEqual(body.warnings);
  const theirs = await send("POST", "/v1.0/flows/validate", { actions: document.actions.slice(0, 3) }, BERTS_KEY);
  expect(theirs.body.warnings).toMatchObject([{ path: "actions[2].option.queue_id" }]);
});
