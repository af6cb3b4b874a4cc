import { expect, test } from "vitest";
import { ANNA, BERTS_KEY, startApi, type TestApi } from "./support/server.ts";

const OURS = { type: "tel", target: "+4930123456" };
const BOB = { type: "sip", target: "sip:bob@example.com" };

const begin = ({ send }: TestApi, body: object, key?: string) => send("POST", "/v1.0/conversations", body, key);

test("a conversation is made, shown, renamed and removed", async () => {
  const api = await startApi();
  const { body: desk } = await api.send("POST", "/v1.0/extensions", { extension: "2001" });
  const made = await begin(api, {
    name: "Bob",
    type: "message",
    self: { type: "extension", target_name: "2001" },
    peer: { type: "extension", target: desk.id },
  });
  const party = { type: "extension", target: desk.id, target_name: "2001" };
  expect(made).toMatchObject({
    status: 201,
    body: { customer_id: ANNA, name: "Bob", detail: "", type: "message", self: party, peer: party },
  });
  const path = `/v1.0/conversations/${made.body.id}`;
  expect((await api.send("GET", path)).body).toEqual(made.body);
  expect((await api.send("GET", "/v1.0/conversations")).body.result).toEqual([made.body]);
  const changed = await api.send("PUT", path, { detail: "from the shop" });
  expect(changed.body).toEqual({ ...made.body, detail: "from the shop", tm_update: expect.any(String) });
  expect((await api.send("DELETE", path)).body).toEqual(changed.body);
  expect((await api.send("GET", path)).status).toBe(404);
});

test("two parties have one conversation, of each customer", async () => {
  const api = await startApi();
  expect((await begin(api, { self: OURS, peer: BOB })).status).toBe(201);
  expect(await begin(api, { self: OURS, peer: { ...BOB, name: "Bobby" } })).toMatchObject({
    status: 409,
    body: { error: { reason: "RESOURCE_EXISTS" } },
  });
  expect((await begin(api, { self: OURS, peer: BOB }, BERTS_KEY)).status).toBe(201);
});

test("what is written in it goes to the other side, and is listed there, newest first", async () => {
  const api = await startApi();
  const { body: talk } = await begin(api, { self: OURS, peer: BOB });
  const path = `/v1.0/conversations/${talk.id}/messages`;
  const first = await api.send("POST", path, { text: "Hello" });
  expect(first).toMatchObject({
    status: 201,
    body: {
      conversation_id: talk.id,
      direction: "outgoing",
      source: OURS,
      targets: [{ destination: BOB, status: "queued" }],
      text: "Hello",
    },
  });
  const second = await api.send("POST", path, { text: "Are you there?" });
  await api.send("POST", "/v1.0/messages", { destinations: [BOB], text: "elsewhere" });
  expect((await api.send("GET", path)).body).toEqual({ result: [second.body, first.body], next_page_token: null });
  const page = (await api.send("GET", `${path}?page_size=1`)).body;
  expect(page.result).toEqual([second.body]);
  const rest = (await api.send("GET", `${path}?page_token=${encodeURIComponent(page.next_page_token)}`)).body;
  expect(rest.result).toEqual([first.body]);
});

test("its messages outlive it", async () => {
  const api = await startApi();
  const { body: talk } = await begin(api, { self: OURS, peer: BOB });
  const { body: message } = await api.send("POST", `/v1.0/conversations/${talk.id}/messages`, { text: "Hello" });
  await api.send("DELETE", `/v1.0/conversations/${talk.id}`);
  const shown = { ...message, type: "sms", direction: "outbound" };
  expect((await api.send("GET", `/v1.0/messages/${message.id}`)).body).toEqual(shown);
  expect((await api.send("GET", `/v1.0/conversations/${talk.id}/messages`)).status).toBe(404);
  expect((await api.send("POST", `/v1.0/conversations/${talk.id}/messages`, { text: "Hello" })).status).toBe(404);
});

test.each([
  ["no parties", {}, ["self", "peer"]],
  ["a type that is none", { type: "line", self: OURS, peer: BOB }, ["type"]],
  [
    "parties that there are not",
    { self: { type: "extension", target_name: "4711" }, peer: { type: "extension", target: "4712" } },
    ["self.target_name", "peer.target"],
  ],
  ["a peer whom no text reaches", { self: OURS, peer: { type: "agent", target: "x" } }, ["peer.type"]],
])("%s: refused, with every fault where it is", async (_name, body, paths) => {
  const refused = await begin(await startApi(), body);
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: "INVALID_BODY" } } });
  expect(refused.body.error.details.map(({ path }: { path: string }) => path)).toEqual(paths);
});

test.each([
  ["PUT", "", { self: BOB }, "self"],
  ["POST", "/messages", { text: "" }, "text"],
])("%s of what can't be changed or sent is refused", async (method, rest, body, path) => {
  const api = await startApi();
  const { body: talk } = await begin(api, { self: OURS, peer: BOB });
  expect(await api.send(method, `/v1.0/conversations/${talk.id}${rest}`, body)).toMatchObject({
    status: 400,
    body: { error: { reason: "INVALID_BODY", details: [{ path }] } },
  });
});
