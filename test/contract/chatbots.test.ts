/** Those who think, each asked by its own protocol at a real server. */
import { once } from "node:events";
import { createServer } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import type { Chatbot } from "../../src/model/chatbot.ts";
import type { ChatEngine, ChatPiece, ChatRequest } from "../../src/ports/chatbot.ts";
import { openai } from "../../src/providers/chatbot/openai.ts";
import { script } from "../../src/providers/chatbot/script.ts";
import { webhook } from "../../src/providers/chatbot/webhook.ts";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { flowRequests } from "../../src/providers/outbound/flow-requests.ts";
import { guardedFetch } from "../../src/providers/outbound/guarded-fetch.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import { systemClock } from "../../src/providers/system/clock.ts";
import { startChatServer } from "../support/chat-server.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { sampleChatbot } from "./storage-samples.ts";

const never = new AbortController().signal;
const server = await startChatServer(nextAddress(), () => ["Hello. ", "How are you?"]);
const [guarded, strict] = [guardedFetch(addressPolicy("true")), guardedFetch(addressPolicy("false"))];
const outbound = outboundHttp(addressPolicy("true"));
afterAll(async () => {
  server.close();
  await Promise.all([guarded.close(), strict.close(), outbound.close()]);
});

const requestOf = (chatbot: Partial<Chatbot>, more: Partial<ChatRequest> = {}): ChatRequest => ({
  chatbot: sampleChatbot(chatbot),
  history: [
    { role: "assistant", text: "Hello." },
    { role: "user", text: "What are your hours?" },
  ],
  language: "en-US",
  chatbotcallId: "talk",
  activeflowId: "run",
  callId: "call",
  key: "talk.2",
  requestId: "talk.2",
  isFinal: true,
  ...more,
});
async function replyOf(engine: ChatEngine, request: ChatRequest, signal = never): Promise<readonly ChatPiece[]> {
  const pieces: ChatPiece[] = [];
  for await (const piece of engine.reply(request, signal)) pieces.push(piece);
  return pieces;
}
const says = (...texts: readonly string[]) => texts.map((text) => ({ kind: "text", text }));

describe("a server of OpenAI's kind", () => {
  const engine = openai(guarded.fetch);
  const chatbot = { engine_type: "openai", engine_url: server.url, engine_key: "sk-1", engine_model: "m" } as const;
  const ask = (more: Partial<Chatbot> = {}, signal = never) =>
    replyOf(engine, requestOf({ ...chatbot, ...more }), signal);

  test("is told all that was said, its prompt first, and heard piece by piece", async () => {
    expect(await ask({ init_prompt: "Be brief." })).toEqual(says("Hello. ", "How are you?"));
    expect(server.asked.at(-1)).toMatchObject({
      model: "m",
      authorization: "Bearer sk-1",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "What are your hours?" },
      ],
    });
    expect([engine.opens(sampleChatbot({ init_prompt: "x" })), engine.opens(sampleChatbot())]).toEqual([true, false]);
  });

  test("is heard before it is done", async () => {
    server.thinkWith(() => ["One. ", 5_000, "Two."]);
    const leaving = new AbortController();
    const reply = engine.reply(requestOf(chatbot), leaving.signal)[Symbol.asyncIterator]();
    expect(await reply.next()).toMatchObject({ value: { text: "One. " } });
    leaving.abort(new Error("interrupted"));
    await expect(reply.next()).rejects.toThrow("interrupted");
    server.thinkWith();
  });

  test.each([
    [401, "credentials"],
    [404, "refused"],
    [429, "quota"],
    [500, "unavailable"],
    [503, "unavailable"],
  ])("that answers %d is %s, and asked once", async (status, fault) => {
    server.thinkWith(() => ({ status }));
    const before = server.asked.length;
    await expect(ask()).rejects.toMatchObject({ name: "ChatError", fault, engine: "openai" });
    expect(server.asked.length - before).toBe(1);
    server.thinkWith();
  });

  test("that breaks off in the middle has failed", async () => {
    server.thinkWith(() => ["One. ", 50, "cut"]);
    await expect(ask()).rejects.toMatchObject({ name: "ChatError" });
    server.thinkWith();
  });

  test("that is not there, or may not be asked", async () => {
    const nowhere = { engine_url: `http://${nextAddress()}:9/v1` };
    await expect(ask(nowhere)).rejects.toMatchObject({ fault: "unavailable" });
    const request = requestOf(chatbot);
    await expect(replyOf(openai(strict.fetch), request)).rejects.toMatchObject({ fault: "refused" });
  });
});

describe("a server of the user's", () => {
  const engine = webhook(flowRequests(outbound, systemClock));

  /** Asks one that answers so. */
  async function answered(
    answer: string,
    status = 200,
    more: Partial<ChatRequest> = {},
    ask = (request: ChatRequest): Promise<unknown> => replyOf(engine, request),
  ) {
    const requests: { body: unknown; key: string | undefined; authorization: string | undefined }[] = [];
    const own = createServer(async (request, response) => {
      const { authorization } = request.headers;
      const key = request.headers["idempotency-key"]?.toString();
      requests.push({ body: JSON.parse(await textOf(request)), key, authorization });
      response.writeHead(status).end(answer);
    }).listen(0, nextAddress());
    await once(own, "listening");
    const bound = own.address();
    if (typeof bound !== "object" || !bound) throw new Error("no address");
    const engine_url = `http://${bound.address}:${bound.port}/bot`;
    const request = requestOf({ engine_type: "webhook", engine_url, engine_key: "secret" }, more);
    try {
      return { requests, pieces: await ask(request) };
    } finally {
      own.close();
    }
  }

  test("is told all that was said, and who says it", async () => {
    const { requests, pieces } = await answered('{"reply":"We are open."}');
    expect(pieces).toEqual(says("We are open."));
    expect(requests).toMatchObject([
      {
        authorization: "Bearer secret",
        key: "talk.2",
        body: {
          chatbotcall_id: "talk",
          activeflow_id: "run",
          reference_type: "call",
          reference_id: "call",
          request_id: "talk.2",
          is_final: true,
          language: "en-US",
          text: "What are your hours?",
          history: [{ role: "assistant" }, { role: "user" }],
        },
      },
    ]);
  });

  test("is told what it is asked ahead, and what of that counts", async () => {
    const ahead = await answered("{}", 200, { isFinal: false, key: "talk.2.ahead", requestId: "talk.2.ahead" });
    expect(ahead.requests).toMatchObject([
      { key: "talk.2.ahead", body: { request_id: "talk.2.ahead", is_final: false } },
    ]);
    const { requests } = await answered("5", 200, { requestId: "talk.2.ahead" }, (request) => engine.confirm(request));
    expect(requests).toMatchObject([{ key: "talk.2", body: { request_id: "talk.2.ahead", is_final: true } }]);
    const refused = answered("", 403, {}, (request) => engine.confirm(request));
    await expect(refused).rejects.toMatchObject({ name: "ChatError", fault: "credentials" });
  });

  test("opens the talk with no words of the caller's", async () => {
    const { requests } = await answered("{}", 200, { history: [] });
    expect(requests).toMatchObject([{ body: { text: "", history: [] } }]);
  });

  test.each([
    ["plain words", "We are open.", says("We are open.")],
    ["words as JSON", '"We are open."', says("We are open.")],
    ["actions", '[{"type":"hangup"}]', says('[{"type":"hangup"}]')],
    ["words and actions", '{"reply":"Bye.","actions":[]}', [...says("Bye."), { kind: "over", actions: [] }]],
    ["words and the end", '{"reply":"Bye.","end":true}', [...says("Bye."), { kind: "over" }]],
    ["nothing", "{}", []],
    ["nothing at all", "", []],
  ])("may answer with %s", async (_name, answer, pieces) => {
    expect((await answered(answer)).pieces).toEqual(pieces);
  });

  test.each([
    ["", 500, "unavailable"],
    ["", 403, "credentials"],
    ["", 429, "quota"],
    ["", 404, "refused"],
    ["5", 200, "failed"],
    ['{"reply":5}', 200, "failed"],
  ])("that answers %j with %d is %s", async (answer, status, fault) => {
    await expect(answered(answer, status)).rejects.toMatchObject({ name: "ChatError", fault, engine: "webhook" });
  });

  test("that is not there, or may not be asked", async () => {
    const request = requestOf({ engine_type: "webhook", engine_url: `http://${nextAddress()}:9/` });
    await expect(replyOf(engine, request)).rejects.toMatchObject({ fault: "unavailable" });
    const guard = outboundHttp(addressPolicy("false"));
    const guardedEngine = webhook(flowRequests(guard, systemClock));
    await expect(replyOf(guardedEngine, request)).rejects.toMatchObject({ fault: "refused" });
    await guard.close();
  });
});

describe("a script", () => {
  const rules = [
    { match: "\\b(opening hours|hours)\\b", reply: "We are open until nine." },
    { match: "^(bye|goodbye)", reply: [{ type: "hangup" }] },
    { match: "^$|日本", reply: "はい。" },
  ];
  const ask = (text: string, script_ = rules) =>
    replyOf(script, requestOf({ script: script_ }, { history: [{ role: "user", text }] }));

  test("replies by the first rule that matches, whatever the case", async () => {
    expect(await ask("What are your HOURS?")).toEqual(says("We are open until nine."));
    expect(await ask("goodbye")).toEqual([{ kind: "over", actions: [{ type: "hangup" }] }]);
    expect(await ask("日本")).toEqual(says("はい。"));
    expect(await ask("whatever")).toEqual([]);
  });

  test("opens the talk with its prompt", async () => {
    expect(script.opens(sampleChatbot({ init_prompt: "Hello." }))).toBe(true);
    expect(await replyOf(script, requestOf({ init_prompt: "Hello." }, { history: [] }))).toEqual(says("Hello."));
  });

  test("tells what words it waits for", () => {
    const hints = script.hints(
      sampleChatbot({ script: [...rules, { match: "ta[bp]le (?:for|of) \\d+", reply: "x" }] }),
    );
    expect(hints).toEqual(["opening hours", "hours", "bye", "goodbye", "日本", "ta le", "for", "of"]);
  });

  test("whose rule would take for ever is stopped", async () => {
    const endless = [{ match: "^(a+)+$", reply: "x" }];
    const startedMs = Date.now();
    await expect(ask(`${"a".repeat(40)}!`, endless)).rejects.toMatchObject({ name: "ChatError", fault: "refused" });
    expect(Date.now() - startedMs).toBeLessThan(1_000);
  });
});

test("nothing of a server is waited for any more when the talk goes on without it", async () => {
  server.thinkWith(() => [60_000]);
  const leaving = new AbortController();
  const reply = replyOf(openai(guarded.fetch), requestOf({ engine_url: server.url }), leaving.signal);
  const before = server.asked.length;
  await eventually("it is asked", () => server.asked.length > before - 1);
  leaving.abort(new Error("gone"));
  await expect(reply).rejects.toThrow("gone");
  server.thinkWith();
});
