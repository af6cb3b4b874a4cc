import { expect, test } from "vitest";
import { ensureAccessKey } from "../../src/http/auth.ts";
import { aCall } from "./support/call.ts";
import { ANNA, BERTS_KEY, startApi } from "./support/server.ts";

test.each([
  ["no key", {}, "", "KEY_MISSING"],
  ["an empty key", { authorization: "Bearer " }, "", "KEY_MISSING"],
  ["another scheme", { authorization: "Basic a2V5LW9mLWFubmE6" }, "", "KEY_MISSING"],
  ["an unknown key", { authorization: "Bearer nobody" }, "", "KEY_UNKNOWN"],
  ["an unknown key in the query", {}, "?accesskey=nobody", "KEY_UNKNOWN"],
  ["an empty key in the query", {}, "?accesskey=", "KEY_MISSING"],
  ["two keys in the query", {}, "?accesskey=key-of-anna&accesskey=key-of-anna", "KEY_MISSING"],
])("%s is refused", async (_title, headers, query, reason) => {
  const { server } = await startApi();
  const reply = await server.inject({ method: "GET", url: `/v1.0/flows${query}`, headers });
  expect(reply.statusCode).toBe(401);
  expect(reply.headers["www-authenticate"]).toBe("Bearer");
  expect(reply.json().error).toMatchObject({ status: "UNAUTHENTICATED", reason });
});

test("a refused sender's body is not even read", async () => {
  const { send } = await startApi();
  expect((await send("POST", "/v1.0/flows", "not JSON", "nobody")).status).toBe(401);
});

test.each([
  ["bearer", { authorization: "bearer key-of-anna" }, ""],
  ["query", {}, "?accesskey=key-of-anna"],
  ["query beside others", {}, "?page_size=1&accesskey=key-of-anna"],
])("a key is taken from the %s", async (_title, headers, query) => {
  const { server } = await startApi();
  expect((await server.inject({ method: "GET", url: `/v1.0/flows${query}`, headers })).statusCode).toBe(200);
});

test("a key never gets into the log, nor back in an answer", async () => {
  const { server, lines } = await startApi();
  for (const path of ["flows", "flows/x", "nothing", "flows/%zz", "flows/11111111-1111-4111-8111-111111111111"]) {
    for (const key of ["key-of-anna", "key-of-nobody"]) {
      const reply = await server.inject({ method: "GET", url: `/v1.0/${path}?accesskey=${key}` });
      expect(reply.body).not.toContain("key-of-");
    }
  }
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.join("")).not.toContain("key-of-");
});

test("a key that is there already is not stored twice", async () => {
  const { storage } = await startApi();
  const clock = { now: () => 0, sleepUntil: () => Promise.reject(new Error("unused")) };
  const ids = { next: () => "cccccccc-0000-4000-8000-000000000003" };
  const first = { customerId: ANNA, name: "first", clock, ids };
  await ensureAccessKey(storage.accessKeys, "key-of-anna", first);
  expect((await storage.accessKeys.list(ANNA, { pageSize: 10 })).result).toHaveLength(1);
});

test("only a hash of a key is stored", async () => {
  const { storage } = await startApi();
  expect(JSON.stringify(await storage.accessKeys.list(ANNA, { pageSize: 10 }))).toMatch(/"hash":"[0-9a-f]{64}"/);
});

test("another customer's key sees nothing of it, and changes nothing", async () => {
  const { send, storage, engine } = await startApi();
  const actions = [{ id: "first", type: "answer" }];
  const { body: flow } = await send("POST", "/v1.0/flows", { actions });
  const { body: number } = await send("POST", "/v1.0/numbers", { number: "1000", call_flow_id: flow.id });
  const { body: run } = await send("POST", "/v1.0/activeflows", { actions });
  const call = aCall();
  await storage.calls.create(call, []);
  const attempts: readonly (readonly [string, string, unknown?])[] = [
    ["GET", `flows/${flow.id}`],
    ["PUT", `flows/${flow.id}`, { name: "mine" }],
    ["DELETE", `flows/${flow.id}`],
    ["GET", `numbers/${number.id}`],
    ["PUT", `numbers/${number.id}`, { name: "mine" }],
    ["DELETE", `numbers/${number.id}`],
    ["GET", `calls/${call.id}`],
    ["GET", `calls/${call.id}/timeline`],
    ["POST", `calls/${call.id}/hangup`],
    ["GET", `activeflows/${run.id}`],
    ["GET", `activeflows/${run.id}/timeline`],
    ["POST", `activeflows/${run.id}/stop`],
  ];
  for (const [method, path, body] of attempts) {
    const { status, body: answer } = await send(method, `/v1.0/${path}`, body, BERTS_KEY);
    expect([method, path, status, answer.error.reason]).toEqual([method, path, 404, "RESOURCE_NOT_FOUND"]);
  }
  for (const plural of ["flows", "numbers", "calls", "activeflows"]) {
    expect((await send("GET", `/v1.0/${plural}`, undefined, BERTS_KEY)).body.result).toEqual([]);
    expect((await send("GET", `/v1.0/${plural}`)).body.result).toHaveLength(1);
  }
  const borrowed = await send("POST", "/v1.0/numbers", { number: "2000", call_flow_id: flow.id }, BERTS_KEY);
  expect(borrowed).toMatchObject({ status: 400, body: { error: { reason: "UNKNOWN_FLOW" } } });
  expect((await send("POST", "/v1.0/activeflows", { flow_id: flow.id }, BERTS_KEY)).status).toBe(400);
  expect(engine.log).toEqual([]);
});

test("every route below /v1.0 wants a key, but for the descriptions", async () => {
  const { send } = await startApi();
  const { body: document } = await send("GET", "/v1.0/openapi.json", undefined, null);
  for (const [path, operations] of Object.entries<object>(document.paths)) {
    for (const method of Object.keys(operations)) {
      const url = path.replace("{id}", "11111111-1111-4111-8111-111111111111");
      const { status } = await send(method.toUpperCase(), url, undefined, null);
      const isOpen = ["/healthz", "/readyz", "/v1.0/openapi.json", "/v1.0/schemas/flow.json"].includes(path);
      expect([method, path, status]).toEqual([method, path, isOpen ? 200 : 401]);
    }
  }
});
