/** Which events there are of which change; how they are asked for is in events.test.ts. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { newMessage } from "../../src/model/message.ts";
import { sampleQueuecall } from "../contract/storage-samples.ts";
import { listenToEvents } from "../support/event-client.ts";
import { aCall } from "./support/call.ts";
import { aConferencecall } from "./support/conferencecall.ts";
import { aGroupcall } from "./support/groupcall.ts";
import { ANNA, startApi } from "./support/server.ts";
import { aTranscribe } from "./support/transcribe.ts";

const NOW = "2026-01-01T00:00:00.000Z";

/** Somebody who hears everything. */
const listening = async () => {
  const api = await startApi();
  const client = await listenToEvents(await api.server.listen({ host: "127.0.0.1", port: 0 }), "key-of-anna");
  await client.subscribe("*");
  /** What was told after the answer to the subscription, once that has been. */
  const told = async (last: string) => {
    await client.event(last);
    return client.events.slice(1).map(({ type }) => type);
  };
  return { ...api, client, told, [Symbol.dispose]: client[Symbol.dispose] };
};

test.each([
  ["flow", { name: "a", actions: [{ type: "answer" }] }, { name: "b" }],
  ["number", { number: "123" }, { name: "b" }],
  ["extension", { extension: "1001", password: "secret-one" }, { password: "secret-two" }],
  ["trunk", { name: "a", host: "a.example", username: "u", password: "secret-one" }, { password: "secret-two" }],
  ["tag", { name: "a" }, { name: "b" }],
  ["agent", { name: "a", addresses: [] }, { name: "b" }],
  ["queue", { name: "a" }, { name: "b" }],
  [
    "chatbot",
    { name: "a", engine_type: "webhook", engine_url: "http://b.example", engine_key: "secret-one" },
    { name: "b" },
  ],
  ["conference", { name: "a" }, { name: "b" }],
])("that a %s is made, changed and removed is told, without its secrets", async (name, document, change) => {
  using api = await listening();
  const { body: made } = await api.send("POST", `/v1.0/${name}s`, document);
  const { body: changed } = await api.send("PUT", `/v1.0/${name}s/${made.id}`, change);
  await api.send("DELETE", `/v1.0/${name}s/${made.id}`);
  const told = (await api.told(`${name}_deleted`)).filter((type) => type.startsWith(`${name}_`));
  expect(told).toEqual([`${name}_created`, `${name}_updated`, `${name}_deleted`]);
  // A phone that registers is no change of its account.
  const { warnings: _doubts, registered: _now, contacts: _phones, ...shown } = changed;
  await api.client.event(`${name}_updated`, { id: made.id });
  expect(api.client.events.find(({ type }) => type === `${name}_updated`)?.data).toEqual(shown);
  const everything = JSON.stringify(api.client.events);
  expect(everything).not.toMatch(/secret|digest|password|engine_key/);
});

test("a conference that is removed takes its confbridge with it, and tells so", async () => {
  using api = await listening();
  const { body: made } = await api.send("POST", "/v1.0/conferences", { name: "a" });
  await api.send("DELETE", `/v1.0/conferences/${made.id}`);
  expect(await api.told("conference_deleted")).toContain("confbridge_deleted");
  await api.client.event("confbridge_deleted", { id: made.confbridge_id, reference_id: made.id });
});

test("a confbridge tells who has come into it, and who has left it", async () => {
  using api = await listening();
  const { body: confbridge } = await api.send("POST", "/v1.0/confbridges", {});
  const stay = aConferencecall({ confbridge_id: confbridge.id, status: "joining" });
  const { conferencecalls } = api.storage;
  await conferencecalls.create(stay, []);
  await conferencecalls.save(stay.id, { status: "joined" }, []);
  await conferencecalls.save(stay.id, { muted: true }, []);
  await conferencecalls.save(stay.id, { status: "leaved" }, []);
  expect(await api.told("confbridge_leaved")).toEqual([
    "confbridge_created",
    "conferencecall_joining",
    "conferencecall_joined",
    "confbridge_joined",
    "conferencecall_updated",
    "conferencecall_leaved",
    "confbridge_leaved",
  ]);
  await api.client.event("confbridge_joined", { id: confbridge.id, joined_call_id: stay.reference_id });
  await api.client.event("confbridge_leaved", { id: confbridge.id, leaved_call_id: stay.reference_id });
});

test("a removed call is told to have been hung up, and to be gone", async () => {
  using api = await listening();
  const call = aCall();
  await api.storage.calls.create(call, []);
  await api.send("DELETE", `/v1.0/calls/${call.id}`);
  expect(await api.told("call_deleted")).toEqual(["call_created", "call_hangup", "call_deleted"]);
});

test("a removed run is told to be gone", async () => {
  using api = await listening();
  const { body: run } = await api.send("POST", "/v1.0/activeflows", {
    actions: [{ type: "sleep", option: { duration: 1 } }],
  });
  await api.send("DELETE", `/v1.0/activeflows/${run.id}`);
  expect(await api.told("activeflow_deleted")).toEqual([
    "activeflow_created",
    "activeflow_updated",
    "activeflow_deleted",
  ]);
});

test("a group of calls progresses when somebody has answered", async () => {
  using api = await listening();
  const { groupcalls } = api.storage;
  const address = { type: "sip", target: "sip:bob@b.example" } as const;
  const order = { source: address, destinations: [address], ringMethod: "ring_all", flowId: null } as const;
  const group = aGroupcall({ customerId: ANNA, ...order, id: randomUUID(), now: NOW });
  const { id } = group;
  await groupcalls.create(group);
  await groupcalls.save(id, { call_ids: [randomUUID()] });
  const answer_call_id = randomUUID();
  await groupcalls.save(id, { answer_call_id });
  await groupcalls.save(id, { status: "hangup" });
  await api.send("DELETE", `/v1.0/groupcalls/${id}`);
  expect(await api.told("groupcall_deleted")).toEqual([
    "groupcall_created",
    "groupcall_updated",
    "groupcall_progressing",
    "groupcall_hangup",
    "groupcall_deleted",
  ]);
  await api.client.event("groupcall_progressing", { id, answer_call_id });
});

test("a message of a conversation is told as such, too", async () => {
  using api = await listening();
  const address = { type: "sip", target: "sip:bob@b.example" } as const;
  const origin = { customer_id: ANNA, activeflow_id: null, call_id: null, tm_create: NOW };
  const order = { source: address, destinations: [address], text: "hello" };
  const alone = newMessage(order, { id: randomUUID(), ...origin });
  const part = newMessage({ ...order, conversation_id: randomUUID() }, { id: randomUUID(), ...origin });
  for (const message of [alone, part]) await api.storage.messages.create(message);
  for (const { id } of [alone, part]) await api.storage.messages.remove(id, ANNA);
  expect(await api.told("conversation_message_deleted")).toEqual([
    ...["message_created", "message_created", "conversation_message_created"],
    ...["message_deleted", "message_deleted", "conversation_message_deleted"],
  ]);
  await api.client.event("conversation_message_created", { id: part.id, text: "hello" });
});

test("a transcription is under way as soon as there is one", async () => {
  using api = await listening();
  const transcribe = aTranscribe();
  await api.storage.transcribes.create(transcribe, []);
  await api.storage.transcribes.save(transcribe.id, { status: "done" }, []);
  expect(await api.told("transcribe_done")).toEqual([
    "transcribe_created",
    "transcribe_progressing",
    "transcribe_done",
  ]);
});

test("a caller of a queue who is over and removed is told as such", async () => {
  using api = await listening();
  const { queuecalls } = api.storage;
  const caller = sampleQueuecall({ customer_id: ANNA, status: "done" });
  await queuecalls.create(caller, []);
  await queuecalls.remove(caller.id, ANNA);
  expect(await api.told("queuecall_deleted")).toEqual(["queuecall_created", "queuecall_deleted"]);
});
