import { expect, test } from "vitest";
import { ANNA, startApi, type TestApi } from "./support/server.ts";

const actions = [{ id: "hi", type: "beep" }];
const BOB = { type: "sip", target: "sip:bob@example.com" };
const EVE = { type: "sip", target: "sip:eve@example.com" };

const ring = ({ send }: TestApi, body: object) => send("POST", "/v1.0/groupcalls", body);

test("a group of calls is ordered, shown and listed", async () => {
  const api = await startApi();
  const made = await ring(api, { destinations: [BOB, EVE], actions, variables: { a: "b" } });
  expect(made).toMatchObject({
    status: 201,
    body: {
      customer_id: ANNA,
      status: "progressing",
      destinations: [BOB, EVE],
      ring_method: "ring_all",
      call_count: 2,
    },
  });
  expect((await api.send("GET", `/v1.0/groupcalls/${made.body.id}`)).body).toEqual(made.body);
  expect((await api.send("GET", "/v1.0/groupcalls")).body.result).toEqual([made.body]);
  expect(api.engine.orders).toMatchObject([
    { customerId: ANNA, destinations: [BOB, EVE], ringMethod: "ring_all", variables: { a: "b" } },
  ]);
});

test.each([
  ["linear", "linear"],
  ["ringall", "ring_all"],
])("ring_method %s is understood", async (ring_method, understood) => {
  const api = await startApi();
  expect((await ring(api, { destinations: [BOB], actions, ring_method })).body.ring_method).toBe(understood);
});

test("a group is hung up once; one that is over is left alone", async () => {
  const api = await startApi();
  const { body: group } = await ring(api, { destinations: [BOB], actions });
  const hangUp = () => api.send("POST", `/v1.0/groupcalls/${group.id}/hangup`);
  expect(await hangUp()).toMatchObject({ status: 200, body: { id: group.id, status: "hangup" } });
  expect(await hangUp()).toMatchObject({ status: 200, body: { id: group.id, status: "hangup" } });
  expect(api.engine.log).toEqual([`hangup group ${group.id}`]);
});

test.each([
  ["nobody to ring", { destinations: [], actions }, ["destinations"]],
  ["a way of ringing that there is not", { destinations: [BOB], actions, ring_method: "random" }, ["ring_method"]],
  [
    "addresses that can't be rung",
    { destinations: [BOB, { type: "sip", target: "bob" }, { type: "email", target: "a@b.example" }], actions },
    ["destinations[1].target", "destinations[2].type"],
  ],
])("%s: refused, and nobody is rung", async (_name, body, paths) => {
  const api = await startApi();
  const refused = await ring(api, body);
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: "INVALID_BODY" } } });
  expect(refused.body.error.details.map(({ path }: { path: string }) => path)).toEqual(paths);
  expect(api.engine.orders).toEqual([]);
});
