import { expect, test } from "vitest";
import { sampleChatbotcall, sampleQueuecall, sampleRecording } from "../contract/storage-samples.ts";
import { aCall } from "./support/call.ts";
import { aConferencecall } from "./support/conferencecall.ts";
import { ANNA, BERTS_KEY, startApi, type TestApi } from "./support/server.ts";
import { aTranscribe, aTranscript } from "./support/transcribe.ts";

const actions = [{ type: "sleep", option: { duration: 1 } }];

const DESK = { type: "tel", target: "+4930123456" };
const BOB = { type: "sip", target: "sip:bob@example.com" };

/** One of each kind that Anna has; a new kind of resource fails the test until it has a line here. */
const MAKE: Readonly<Record<string, (api: TestApi) => Promise<string>>> = {
  flows: (api) => made(api, "flows", { actions }),
  numbers: (api) => made(api, "numbers", { number: "1000" }),
  activeflows: (api) => made(api, "activeflows", { actions }),
  extensions: (api) => made(api, "extensions", { extension: "2001" }),
  trunks: (api) => made(api, "trunks", { name: "carrier", host: "sip.example.com" }),
  agents: (api) => made(api, "agents", { name: "Anna", addresses: [] }),
  tags: (api) => made(api, "tags", { name: "sales" }),
  conferences: (api) => made(api, "conferences", {}),
  confbridges: (api) => made(api, "confbridges", {}),
  conferencecalls: async ({ storage }) => {
    const stay = aConferencecall();
    await storage.conferencecalls.create(stay, []);
    return stay.id;
  },
  queues: (api) => made(api, "queues", {}),
  queuecalls: async ({ storage }) => {
    const queuecall = sampleQueuecall({ customer_id: ANNA });
    await storage.queuecalls.create(queuecall, []);
    return queuecall.id;
  },
  chatbots: (api) => made(api, "chatbots", { engine_type: "script" }),
  chatbotcalls: async ({ storage }) => {
    const talk = sampleChatbotcall({ customer_id: ANNA, status: "end" });
    await storage.chatbotcalls.create(talk, []);
    return talk.id;
  },
  accesskeys: (api) => made(api, "accesskeys", {}),
  groupcalls: (api) =>
    made(api, "groupcalls", { destinations: [{ type: "sip", target: "sip:bob@example.com" }], actions }),
  conversations: (api) => made(api, "conversations", { self: DESK, peer: BOB }),
  messages: (api) => made(api, "messages", { destinations: [BOB], text: "Hello" }),
  transcribes: async ({ storage }) => {
    const transcribe = aTranscribe();
    await storage.transcribes.create(transcribe, []);
    return transcribe.id;
  },
  transcripts: async ({ storage }) => {
    const transcript = aTranscript();
    await storage.transcripts.create(transcript, []);
    return transcript.id;
  },
  recordings: async ({ storage }) => {
    const recording = sampleRecording({ customer_id: ANNA, status: "ended" });
    await storage.recordings.create(recording, []);
    return recording.id;
  },
  calls: async ({ storage }) => {
    const call = aCall();
    await storage.calls.create(call, []);
    return call.id;
  },
};

/** What is valid where nothing is not. */
const BODIES: Readonly<Record<string, object>> = {
  "/v1.0/calls/{id}/talk": { text: "Hello" },
  "/v1.0/conversations/{id}/messages": { text: "Hello" },
  "/v1.0/agents/{id}/status": { status: "away" },
  "/v1.0/agents/{id}/addresses": { addresses: [] },
  "/v1.0/agents/{id}/tag_ids": { tag_ids: [] },
  "/v1.0/queues/{id}/tag_ids": { tag_ids: [] },
  "/v1.0/queues/{id}/routing_method": { routing_method: "random" },
};

const made = async ({ send }: TestApi, kind: string, body: unknown): Promise<string> =>
  (await send("POST", `/v1.0/${kind}`, body)).body.id;

async function routes({ send }: TestApi): Promise<readonly (readonly [method: string, path: string, kind: string])[]> {
  const { paths } = (await send("GET", "/v1.0/openapi.json", undefined, null)).body;
  return Object.entries<Record<string, { tags: string[] }>>(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { tags }]) => [method.toUpperCase(), path, tags[0] ?? ""] as const),
  );
}

test("whoever has another customer's key finds none of one's things, by whatever route", async () => {
  const api = await startApi();
  const ofOne = (await routes(api)).filter(([, path]) => path.includes("{id}"));
  expect(ofOne.length).toBeGreaterThan(15);
  expect(new Set(ofOne.map(([, , kind]) => kind))).toEqual(new Set(Object.keys(MAKE)));
  const answers: unknown[] = [];
  for (const [kind, make] of Object.entries(MAKE)) {
    const id = await make(api);
    for (const [method, path] of ofOne.filter(([, , each]) => each === kind)) {
      const body = method === "GET" || method === "DELETE" ? undefined : (BODIES[path] ?? {});
      const { status } = await api.send(method, path.replace("{id}", id), body, BERTS_KEY);
      answers.push([method, path, status]);
    }
    const own = await api.send("GET", `/v1.0/${kind}/${id}`);
    answers.push(["GET", kind, own.status]);
  }
  expect(answers.filter((answer) => !String(answer).endsWith("404"))).toEqual(
    Object.keys(MAKE).map((kind) => ["GET", kind, 200]),
  );
  // Of making them the engine has heard; of what Bert tried, it has not.
  expect(api.engine.log.filter((asked) => !asked.startsWith("changed "))).toEqual([]);
});

test("lists show one's own things only", async () => {
  const api = await startApi();
  const lists = (await routes(api)).filter(([method, path]) => method === "GET" && /^\/v1\.0\/\w+$/.test(path));
  for (const make of Object.values(MAKE)) await make(api);
  expect(lists.map(([, , kind]) => kind).toSorted()).toEqual(Object.keys(MAKE).toSorted());
  for (const [method, path, kind] of lists) {
    const { result } = (await api.send(method, path, undefined, BERTS_KEY)).body;
    expect([kind, result.length]).toEqual([kind, kind === "accesskeys" ? 1 : 0]);
  }
});

test("nothing is had without a key", async () => {
  const api = await startApi();
  for (const [method, path, kind] of await routes(api)) {
    if (kind === "health" || kind === "descriptions") continue;
    const body = method === "GET" || method === "DELETE" ? undefined : {};
    const { status } = await api.send(method, path, body, null);
    expect([method, path, status]).toEqual([method, path, 401]);
  }
});
