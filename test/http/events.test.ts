import { expect, test } from "vitest";
import { sampleChatbotcall } from "../contract/storage-samples.ts";
import { listenToEvents } from "../support/event-client.ts";
import { aCall } from "./support/call.ts";
import { ANNA, BERT, BERTS_KEY, startApi } from "./support/server.ts";

const KEY = "key-of-anna";
const listening = async () => {
  const api = await startApi();
  const base = await api.server.listen({ host: "127.0.0.1", port: 0 });
  return { ...api, base };
};

test("who subscribes hears what changes, in order, as the API shows it", async () => {
  const { base, storage } = await listening();
  using client = await listenToEvents(base, KEY);
  await client.subscribe("call_*");
  const call = aCall({ status: "ringing" });
  await storage.calls.create(call, []);
  await storage.calls.save({ ...call, status: "progressing" }, []);
  await storage.calls.save({ ...call, status: "progressing", on_hold: true }, []);
  await storage.calls.save({ ...call, status: "hangup", hangup_reason: "normal" }, []);
  await client.event("call_hangup", { id: call.id, hangup_reason: "normal" });
  expect(client.events.slice(1).map(({ type, data }) => [type, data.status])).toEqual([
    ["call_created", "ringing"],
    ["call_progressing", "progressing"],
    ["call_updated", "progressing"],
    ["call_hangup", "hangup"],
  ]);
  expect(client.events[1]?.data).not.toHaveProperty("dialing");
});

test("a talk with a chatbot is told while it goes on, with what was said", async () => {
  const { base, storage } = await listening();
  using client = await listenToEvents(base, KEY);
  const talk = sampleChatbotcall({ customer_id: ANNA });
  await client.subscribe("chatbotcall_*", `customer_id:${ANNA}:chatbotcall:${talk.id}`);
  const at = talk.tm_create;
  const said = { role: "user", text: "hours", at } as const;
  await storage.chatbotcalls.create(talk, []);
  await storage.chatbotcalls.save(talk.id, { messages: [said] }, []);
  await storage.chatbotcalls.save(talk.id, { status: "end", end_reason: "hangup" }, []);
  await storage.chatbotcalls.remove(talk.id, ANNA);
  await client.event("chatbotcall_deleted", { id: talk.id });
  const told = client.events.slice(1).map(({ type, data }) => [type, data.end_reason, data.messages]);
  expect(told).toEqual([
    ["chatbotcall_created", null, []],
    ["chatbotcall_updated", null, [said]],
    ["chatbotcall_ended", "hangup", [said]],
    ["chatbotcall_deleted", "hangup", [said]],
  ]);
});

test("events of others, of other types, and from before the subscription are not told", async () => {
  const { base, storage } = await listening();
  using client = await listenToEvents(base, KEY);
  using bert = await listenToEvents(base, BERTS_KEY);
  await storage.calls.create(aCall(), []);
  await bert.subscribe("*");
  await client.subscribe("call_hangup", `customer_id:${ANNA}:agent`);
  const call = aCall();
  await storage.calls.create(call, []);
  await storage.calls.create(aCall({ customer_id: BERT }), []);
  await storage.calls.save({ ...call, status: "hangup" }, []);
  await client.event("call_hangup", { id: call.id });
  await bert.event("call_created", { customer_id: BERT });
  expect(client.events.map(({ type }) => type)).toEqual(["subscribed", "call_hangup"]);
  expect(bert.events.map(({ type }) => type)).toEqual(["subscribed", "call_created"]);
});

test("what is not asked for any more is not told", async () => {
  const { base, storage } = await listening();
  using client = await listenToEvents(base, KEY);
  const [call, other] = [aCall(), aCall()];
  await client.subscribe(`customer_id:${ANNA}:call:${call.id}`, "call_created");
  client.send({ type: "unsubscribe", topics: ["call_created"] });
  await client.event("unsubscribed");
  await storage.calls.create(other, []);
  await storage.calls.create(call, []);
  await client.event("call_created", { id: call.id });
  expect(client.events.filter(({ data }) => data.id === other.id)).toEqual([]);
});

test.for([
  ["no JSON", "hello", "MALFORMED_MESSAGE"],
  ["an unknown type", { type: "publish", topics: ["*"] }, "MALFORMED_MESSAGE"],
  ["no topics", { type: "subscribe", topics: [] }, "MALFORMED_MESSAGE"],
  ["a topic that is none", { type: "subscribe", topics: ["call_*", "Call Hangup"] }, "TOPIC_UNKNOWN"],
  ["a type that no event has", { type: "subscribe", topics: ["calls_*"] }, "TOPIC_UNKNOWN"],
  ["half a type", { type: "subscribe", topics: ["call"] }, "TOPIC_UNKNOWN"],
  ["a place where nothing happens", { type: "subscribe", topics: [`customer_id:${ANNA}:accesskey`] }, "TOPIC_UNKNOWN"],
  ["a place of another customer", { type: "subscribe", topics: [`customer_id:${BERT}:call`] }, "TOPIC_UNKNOWN"],
] as const)("%s is answered with what would be right", async ([, message, reason]) => {
  const { base } = await listening();
  using client = await listenToEvents(base, KEY);
  client.send(message);
  expect((await client.event("error", { reason })).data.message).toMatch(/subscribe|topic|customer id/);
});

test("more topics than there may be are refused, and those before stay", async () => {
  const { base } = await listening();
  using client = await listenToEvents(base, KEY);
  await client.subscribe("call_*");
  const many = Array.from({ length: 100 }, (_, index) => `customer_id:${ANNA}:call:${index}`);
  client.send({ type: "subscribe", topics: many });
  await client.event("error", { reason: "TOO_MANY_TOPICS" });
  client.send({ type: "unsubscribe", topics: ["call_created"] });
  expect((await client.event("unsubscribed")).data).toEqual({ topics: ["call_*"] });
});

test("nobody listens without a key", async () => {
  const { base } = await listening();
  await expect(listenToEvents(base, "no-key-of-ours")).rejects.toThrow("401");
  await expect(listenToEvents(`${base}/elsewhere`, KEY)).rejects.toThrow("404");
});

test("a client is told when the server stops", async () => {
  const { base, server } = await listening();
  using client = await listenToEvents(base, KEY);
  await server.close();
  expect(await client.closed).toBe(1001);
});
