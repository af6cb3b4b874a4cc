import { expect, test } from "vitest";
import { chatbotSchema } from "../../src/model/chatbot.ts";
import { sampleChatbot, sampleChatbotcall } from "../contract/storage-samples.ts";
import { ANNA, startApi } from "./support/server.ts";

const SCRIPT = [{ match: "hours", reply: "Until nine." }];
const hangup = [{ type: "hangup" }];

test("a chatbot is made of its engine", async () => {
  const { send } = await startApi();
  const created = await send("POST", "/v1.0/chatbots", { name: "desk", engine_type: "script", script: SCRIPT });
  expect(created).toMatchObject({
    status: 201,
    body: { name: "desk", customer_id: ANNA, engine_type: "script", engine_url: null, init_prompt: "", script: SCRIPT },
  });
  const path = `/v1.0/chatbots/${created.body.id}`;
  expect((await send("GET", path)).body).toEqual(created.body);
  expect((await send("GET", "/v1.0/chatbots")).body.result).toEqual([created.body]);
  const changed = await send("PUT", path, { init_prompt: "Hello." });
  expect(changed.body).toMatchObject({ init_prompt: "Hello.", script: SCRIPT });
  expect((await send("DELETE", path)).status).toBe(200);
  expect((await send("GET", path)).status).toBe(404);
});

test("a key is kept, and neither shown nor logged", async () => {
  const { send, storage, lines } = await startApi();
  const created = await send("POST", "/v1.0/chatbots", { engine_type: "openai", engine_key: "sk-hunter" });
  const path = `/v1.0/chatbots/${created.body.id}`;
  const changed = await send("PUT", path, { name: "x" });
  expect([created.status, changed.status]).toEqual([201, 200]);
  expect((await storage.chatbots.get(created.body.id))?.engine_key).toBe("sk-hunter");
  const answers = [created, changed, await send("GET", path), await send("GET", "/v1.0/chatbots")];
  expect(JSON.stringify(answers) + lines.join()).not.toContain("sk-hunter");
});

test("a chatbot may say whether it is asked ahead; its engine decides otherwise", async () => {
  const { send } = await startApi();
  const webhook = { engine_type: "webhook", engine_url: "https://example.com/bot" };
  const created = await send("POST", "/v1.0/chatbots", webhook);
  expect(created.body).toMatchObject({ thinks_ahead: null });
  const changed = await send("PUT", `/v1.0/chatbots/${created.body.id}`, { thinks_ahead: true });
  expect(changed.body).toMatchObject({ engine_type: "webhook", thinks_ahead: true });
  const { thinks_ahead: _later, ...stored } = sampleChatbot();
  expect(chatbotSchema.parse(stored)).toMatchObject({ thinks_ahead: null });
});

test.each([
  ["nothing", {}, "engine_type"],
  ["an engine that nobody knows", { engine_type: "clova" }, "engine_type"],
  ["a webhook without an address", { engine_type: "webhook" }, "engine_url"],
  ["an address that is none", { engine_type: "webhook", engine_url: "ftp://x" }, "engine_url"],
  ["a script of another's", { engine_type: "openai", script: SCRIPT }, "script"],
  [
    "a match that is no regular expression",
    { engine_type: "script", script: [{ match: "(", reply: "x" }] },
    "script[0].match",
  ],
  ["a reply that is nothing", { engine_type: "script", script: [{ match: "x" }] }, "script[0].reply"],
])("refuses %s", async (_name, body, path) => {
  const { send } = await startApi();
  const refused = await send("POST", "/v1.0/chatbots", body);
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body.error.details)).toContain(`"${path}`);
});

test("actions of a script are checked as a flow is, when it is made", async () => {
  const { send } = await startApi();
  const good = { engine_type: "script", script: [{ match: "bye", reply: hangup }] };
  expect((await send("POST", "/v1.0/chatbots", good)).status).toBe(201);
  const bad = { engine_type: "script", script: [...SCRIPT, { match: "bye", reply: [...hangup, { type: "hangupp" }] }] };
  const refused = await send("POST", "/v1.0/chatbots", bad);
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: "INVALID_FLOW" } } });
  expect(refused.body.error.details[0].path).toBe("script[1].reply[1].type");
});

test("talks are shown, found by chatbot and call, and removed when they are over", async () => {
  const { send, storage } = await startApi();
  const [live, over] = [
    sampleChatbotcall({ customer_id: ANNA }),
    sampleChatbotcall({ customer_id: ANNA, status: "end" }),
  ];
  for (const talk of [live, over]) await storage.chatbotcalls.create(talk, []);
  const list = async (query: string) =>
    (await send("GET", `/v1.0/chatbotcalls?${query}`)).body.result.map(({ id }: { id: string }) => id);
  expect(await list(`chatbot_id=${live.chatbot_id}`)).toEqual([live.id]);
  expect(await list(`reference_id=${over.reference_id}`)).toEqual([over.id]);
  expect(await list("status=end")).toEqual([over.id]);
  const refused = await send("DELETE", `/v1.0/chatbotcalls/${live.id}`);
  expect(refused).toMatchObject({ status: 409, body: { error: { reason: "CHATBOTCALL_LIVE" } } });
  expect((await send("DELETE", `/v1.0/chatbotcalls/${over.id}`)).body.id).toBe(over.id);
  expect((await send("GET", `/v1.0/chatbotcalls/${over.id}`)).status).toBe(404);
});
