import { expect, test } from "vitest";
import { unsent } from "../../src/model/message.ts";
import { ANNA, startApi, type TestApi } from "./support/server.ts";

const BOB = { type: "sip", target: "sip:bob@example.com" };
const MOBILE = { type: "tel", target: "+4930123456" };

/** After all that a test does. */
const LATER_MS = Date.UTC(2027, 0, 1);

const write = ({ send }: TestApi, body: object) => send("POST", "/v1.0/messages", body);

/** What is waiting to be given to a gateway. */
const waiting = async ({ storage }: TestApi) =>
  (await storage.deliveries.claim({ nowMs: LATER_MS, untilMs: LATER_MS + 1, most: 10 })).map(({ request }) => request);

test("a text is stored with one delivery for each who is to get it, and shown", async () => {
  const api = await startApi();
  const { body: desk } = await api.send("POST", "/v1.0/extensions", { extension: "2001" });
  const source = { ...MOBILE, name: "Shop" };
  const destinations = [MOBILE, BOB, { type: "extension", target_name: "2001" }];
  const made = await write(api, { source, destinations, text: "Your order is ready." });
  const queued = { ...unsent, status: "queued" };
  expect(made).toMatchObject({
    status: 201,
    body: {
      customer_id: ANNA,
      type: "sms",
      direction: "outbound",
      status: "progressing",
      source,
      text: "Your order is ready.",
      conversation_id: null,
      activeflow_id: null,
      call_id: null,
    },
  });
  expect(made.body.targets).toEqual(
    [MOBILE, BOB, { type: "extension", target: desk.id, target_name: "2001" }].map((destination) => ({
      destination,
      ...queued,
    })),
  );
  expect((await api.send("GET", `/v1.0/messages/${made.body.id}`)).body).toEqual(made.body);
  expect(await waiting(api)).toEqual([0, 1, 2].map((target) => ({ message_id: made.body.id, target })));
});

test("who names nobody writes as Ringdown", async () => {
  const { body } = await write(await startApi(), { destinations: [BOB], text: "Hello" });
  expect(body.source).toEqual({ type: "sip", target: "ringdown", name: "Ringdown" });
});

test("texts are listed newest first, page by page, or those of one conversation", async () => {
  const api = await startApi();
  const { body: talk } = await api.send("POST", "/v1.0/conversations", { self: MOBILE, peer: BOB });
  const { body: part } = await api.send("POST", `/v1.0/conversations/${talk.id}/messages`, { text: "Hello" });
  const { body: alone } = await write(api, { destinations: [BOB], text: "Hello again" });
  const list = async (query: string) => (await api.send("GET", `/v1.0/messages?${query}`)).body;
  const first = await list("page_size=1");
  expect(first.result).toEqual([alone]);
  const second = await list(`page_size=1&page_token=${encodeURIComponent(first.next_page_token)}`);
  const shown = { ...part, type: "sms", direction: "outbound" };
  expect(second).toEqual({ result: [shown], next_page_token: null });
  expect((await list(`conversation_id=${talk.id.toUpperCase()}`)).result).toEqual([shown]);
});

test("a text that is removed is shown for the last time", async () => {
  const api = await startApi();
  const { body: message } = await write(api, { destinations: [BOB], text: "Hello" });
  const path = `/v1.0/messages/${message.id}`;
  expect(await api.send("DELETE", path)).toMatchObject({ status: 200, body: { id: message.id } });
  expect((await api.send("GET", path)).status).toBe(404);
  expect((await api.send("DELETE", path)).status).toBe(404);
});

test("the same order with the same Idempotency-Key is one text", async () => {
  const api = await startApi();
  const again = () =>
    api.send("POST", "/v1.0/messages", { destinations: [BOB], text: "Hello" }, undefined, { "idempotency-key": "k" });
  const [first, second] = [await again(), await again()];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).toBe(first.body.id);
  expect(await waiting(api)).toHaveLength(1);
});

test.each([
  ["nobody to send it to", { destinations: [], text: "Hello" }, ["destinations"]],
  ["nothing to send", { destinations: [BOB], text: "" }, ["text"]],
  ["a text too long for anybody", { destinations: [BOB], text: "x".repeat(32_769) }, ["text"]],
  ["a field that nobody knows", { destinations: [BOB], text: "Hello", txt: "Hello" }, ["txt"]],
  [
    "addresses that no text can go to",
    { destinations: [BOB, { type: "agent", target: "x" }, { type: "email", target: "a@b.example" }], text: "Hello" },
    ["destinations[1].type", "destinations[2].type"],
  ],
  [
    "addresses that are none",
    {
      source: { type: "extension", target_name: "4711" },
      destinations: [
        { type: "sip", target: "bob" },
        { type: "tel", target: "0301" },
        { type: "extension", target_name: "4712" },
      ],
      text: "Hello",
    },
    ["source.target_name", "destinations[0].target", "destinations[1].target", "destinations[2].target_name"],
  ],
])("%s is refused with every fault at once, and nothing is sent", async (_name, body, paths) => {
  const api = await startApi();
  const refused = await write(api, body);
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { status: "INVALID_ARGUMENT", reason: "INVALID_BODY" } },
  });
  expect(refused.body.error.details.map(({ path }: { path: string }) => path)).toEqual(paths);
  expect(await waiting(api)).toEqual([]);
});
