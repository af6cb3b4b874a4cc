import { expect, test } from "vitest";
import { ANNA, BERTS_KEY, startApi, type TestApi } from "./support/server.ts";

const create = async ({ send }: TestApi, kind: string, body: object, key?: string) =>
  (await send("POST", `/v1.0/${kind}`, body, key)).body;
const pathsOf = ({ body }: { body: { error: { details: { path: string }[] } } }) =>
  body.error.details.map(({ path }) => path);

test("an agent has addresses, tags, and a status that lets queues ring at once", async () => {
  const api = await startApi();
  const [desk, sales] = [
    await create(api, "extensions", { extension: "2001" }),
    await create(api, "tags", { name: "s" }),
  ];
  const addresses = [
    { type: "extension", target_name: "2001", name: "Desk" },
    { type: "extension", target: desk.id },
    { type: "sip", target: "sip:anna@example.com" },
    { type: "tel", target: "+4930123456" },
  ];
  const made = await api.send("POST", "/v1.0/agents", { name: "Anna", addresses, tag_ids: [sales.id, sales.id] });
  expect(made).toMatchObject({
    status: 201,
    body: {
      customer_id: ANNA,
      name: "Anna",
      detail: "",
      addresses: [
        { type: "extension", target: desk.id, target_name: "2001", name: "Desk" },
        { type: "extension", target: desk.id, target_name: "2001" },
        { type: "sip", target: "sip:anna@example.com" },
        { type: "tel", target: "+4930123456" },
      ],
      ring_method: "ring_all",
      status: "available",
    },
  });
  expect(made.body.tag_ids).toEqual([sales.id]);
  expect((await api.send("GET", `/v1.0/agents/${made.body.id}`)).body).toEqual(made.body);
  expect((await api.send("GET", "/v1.0/agents")).body.result).toEqual([made.body]);
  expect((await api.send("DELETE", `/v1.0/agents/${made.body.id}`)).body).toEqual(made.body);
});

test("each part of an agent is changed by itself", async () => {
  const api = await startApi();
  const sales = await create(api, "tags", { name: "sales" });
  const agent = await create(api, "agents", { name: "Anna", addresses: [] });
  const put = async (part: string, body: object) => {
    const { status, body: changed } = await api.send("PUT", `/v1.0/agents/${agent.id}${part}`, body);
    expect(status).toBe(200);
    return changed;
  };
  const addresses = [{ type: "tel", target: "+4930123456" }];
  expect(await put("/addresses", { addresses })).toMatchObject({ addresses, tag_ids: [] });
  expect(await put("/tag_ids", { tag_ids: [sales.id.toUpperCase()] })).toMatchObject({
    addresses,
    tag_ids: [sales.id],
  });
  expect(await put("/status", { status: "away" })).toMatchObject({ status: "away", addresses });
  expect(await put("", { name: "Anne", detail: "new", ring_method: "linear" })).toEqual({
    ...agent,
    name: "Anne",
    detail: "new",
    ring_method: "linear",
    addresses,
    tag_ids: [sales.id],
    status: "away",
    tm_update: expect.any(String),
  });
  expect(await put("", { ring_method: "ringall", tag_ids: [] })).toMatchObject({
    ring_method: "ring_all",
    tag_ids: [],
  });
});

test.each(["available", "away", "busy", "offline"])("people may make an agent %s", async (status) => {
  const api = await startApi();
  expect(await create(api, "agents", { name: "Anna", addresses: [], status })).toMatchObject({ status });
});

test("that an agent rings is not for people to say", async () => {
  const api = await startApi();
  const agent = await create(api, "agents", { name: "Anna", addresses: [] });
  for (const body of [{ status: "ringing" }, { status: "availabel" }, {}]) {
    expect((await api.send("PUT", `/v1.0/agents/${agent.id}/status`, body)).status).toBe(400);
  }
  expect((await api.send("POST", "/v1.0/agents", { name: "B", addresses: [], status: "ringing" })).status).toBe(400);
  expect(pathsOf(await api.send("PUT", `/v1.0/agents/${agent.id}`, { status: "away" }))).toEqual(["status"]);
});

test("what can't be reached, and what is not there, is told with its place and the nearest there is", async () => {
  const api = await startApi();
  const sales = await create(api, "tags", { name: "sales" });
  await create(api, "extensions", { extension: "2001" });
  await create(api, "extensions", { extension: "3001" }, BERTS_KEY);
  const foreign = await create(api, "tags", { name: "support" }, BERTS_KEY);
  const addresses = [
    { type: "extension", target: "20001" },
    { type: "extension", target_name: "3001" },
    { type: "tel", target: "030123456" },
    { type: "sip", target: "sip:a b@example.com" },
    { type: "agent", target: sales.id },
    { type: "conference", target: sales.id },
  ];
  const body = { name: "Anna", addresses, tag_ids: [sales.id, "salse", foreign.id] };
  const refused = await api.send("POST", "/v1.0/agents", body);
  expect([refused.status, refused.body.error.reason]).toEqual([400, "INVALID_BODY"]);
  expect(pathsOf(refused)).toEqual([
    "addresses[0].target",
    "addresses[1].target_name",
    "addresses[2].target",
    "addresses[3].target",
    "addresses[4].type",
    "addresses[5].type",
    "tag_ids[1]",
    "tag_ids[2]",
  ]);
  expect(refused.body.error.details[0]).toMatchObject({ nearest: "2001" });
  expect(refused.body.error.details[6]).toMatchObject({ nearest: sales.id });
  expect(JSON.stringify(refused.body)).not.toContain("support");
  const agent = await create(api, "agents", { name: "Anna", addresses: [] });
  for (const [part, change] of Object.entries({ addresses: { addresses }, tag_ids: { tag_ids: ["salse"] } })) {
    expect((await api.send("PUT", `/v1.0/agents/${agent.id}/${part}`, change)).status).toBe(400);
    expect((await api.send("PUT", `/v1.0/agents/${agent.id}`, change)).status).toBe(400);
  }
});

test.each([
  ["no name", { addresses: [] }, "name"],
  ["no addresses", { name: "Anna" }, "addresses"],
  ["an unknown way to ring", { name: "Anna", addresses: [], ring_method: "all" }, "ring_method"],
  ["an unknown field", { name: "Anna", addresses: [], tags: [] }, "tags"],
])("an agent with %s is refused", async (_title, body, path) => {
  const { send } = await startApi();
  expect(pathsOf(await send("POST", "/v1.0/agents", body))).toEqual([path]);
});
