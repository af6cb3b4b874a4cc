import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Clock } from "../../src/ports/clock.ts";
import type { FlowRequest } from "../../src/ports/flow-requests.ts";
import { OutboundError, type OutboundHttp, type OutboundRequest } from "../../src/ports/outbound-http.ts";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { flowRequests } from "../../src/providers/outbound/flow-requests.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import { type AudioServer, endless, redirect, silent, startAudioServer } from "../support/audio-server.ts";
import { nextAddress } from "../support/loopback.ts";

const address = nextAddress();
const port = 8011;
const signal = new AbortController().signal;
const http = outboundHttp(addressPolicy(address));
let server: AudioServer;
let pauses: number[] = [];

/** Time that passes by itself, and pauses that take none. */
const clock: Clock = {
  now: () => Date.now(),
  sleepUntil: async (atMs) => void pauses.push(Math.round((atMs - Date.now()) / 100) * 100),
};

beforeAll(async () => {
  server = await startAudioServer(address, port);
});
beforeEach(() => {
  pauses = [];
});
afterAll(async () => {
  await Promise.all([http.close(), server.close()]);
});

test("a request arrives as it is, and the answer comes whole", async () => {
  const url = server.serve("/echo", async (request, response) => {
    const { method, headers } = request;
    response
      .writeHead(201)
      .end(JSON.stringify({ method, key: headers["idempotency-key"], body: await bodyOf(request) }));
  });
  const sent = { url, method: "POST", headers: { "content-type": "text/plain" }, body: "Grüße" } as const;
  const answer = await send(sent);
  expect(answer).toMatchObject({ status: 201, tries: 1 });
  expect(answer).not.toHaveProperty("missing");
  expect(JSON.parse(textOf(answer))).toEqual({ method: "POST", key: "key", body: "Grüße" });
});

test.each([
  ["GET", undefined, { body: "" }],
  ["DELETE", undefined, { body: "" }],
  ["GET", "x", { body: "x", "content-length": "1" }],
  ["DELETE", "x", { body: "x", "content-length": "1" }],
  ["POST", "", { body: "", "content-length": "0" }],
] as const)("%s with the body %j", async (method, body, expected) => {
  const url = server.serve("/body", async (request, response) => {
    const length = request.headers["content-length"];
    const told = { ...(length === undefined ? {} : { "content-length": length }), body: await bodyOf(request) };
    response.end(JSON.stringify(told));
  });
  const answer = await send({ url, method, ...(body === undefined ? {} : { body }) });
  expect(JSON.parse(textOf(answer))).toEqual(expected);
});

test("a server that fails twice is asked a third time, with the same key", async () => {
  const keys: unknown[] = [];
  const url = server.serve("/flaky", (request, response) => {
    keys.push(request.headers["idempotency-key"]);
    if (keys.length === 1) request.socket.destroy();
    else response.writeHead(keys.length === 2 ? 503 : 200).end("ok");
  });
  expect(await send({ url })).toMatchObject({ status: 200, tries: 3 });
  expect(keys).toEqual(["key", "key", "key"]);
  expect(pauses).toEqual([1000, 1000]);
});

test("an answer that breaks off is asked for again, and what came of the last is given", async () => {
  let asked = 0;
  const url = server.serve("/broken", (_, response) => {
    asked += 1;
    response.writeHead(200, { "content-length": 10 }).write("half", () => response.destroy());
  });
  const answer = await send({ url });
  expect(answer).toMatchObject({ status: 200, missing: "unreachable", tries: 3 });
  expect(textOf(answer)).toBe("half");
  expect(asked).toBe(3);
});

test.each([400, 404, 301])("an answer %d is an answer", async (status) => {
  const url = server.serve(`/${status}`, (_, response) => response.writeHead(status).end());
  expect(await send({ url, method: "POST" })).toMatchObject({ status, tries: 1 });
  expect(server.requests(url)).toBe(1);
});

test("a server that fails for good gives its last answer", async () => {
  const url = server.serve("/500", (_, response) => response.writeHead(500).end("why"));
  const answer = await send({ url });
  expect(answer).toMatchObject({ status: 500, tries: 3 });
  expect(textOf(answer)).toBe("why");
});

test("nobody there is told after the last try; a private address at once", async () => {
  await expect(send({ url: `http://${address}:1/` })).rejects.toMatchObject({ fault: "unreachable" });
  expect(pauses).toHaveLength(2);
  await expect(send({ url: "http://127.0.0.1:8011/" })).rejects.toMatchObject({ fault: "refused" });
  await expect(send({ url: server.serve("/in", redirect("http://10.0.0.1/")) })).rejects.toMatchObject({
    fault: "refused",
  });
  expect(pauses).toHaveLength(2);
});

test("the deadline is for all tries together", async () => {
  const url = server.serve("/silent", silent);
  const startedAtMs = Date.now();
  await expect(send({ url, deadlineMs: 300 })).rejects.toMatchObject({ fault: "timeout" });
  expect(Date.now() - startedAtMs).toBeLessThan(2_000);
  expect(server.requests(url)).toBe(1);
});

test("the usual deadline is that of a request that has none; the last try may be silent for all that is left of it", async () => {
  const asked: OutboundRequest[] = [];
  const failing: OutboundHttp = {
    async send(request) {
      asked.push(request);
      throw new OutboundError("host", "unreachable", "away");
    },
  };
  let nowMs = 0;
  const timeless: Clock = {
    now: () => nowMs,
    async sleepUntil(atMs) {
      nowMs = atMs;
    },
  };
  const request = { url: "http://host/", method: "GET", idempotencyKey: "key", tries: 2 } as const;
  const error = await flowRequests(failing, timeless, 7_000)
    .send(request, signal)
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ fault: "unreachable", remedy: expect.stringMatching(/\w+ \w+/) });
  expect(asked.map(({ deadlineMs, silenceMs }) => [deadlineMs, silenceMs])).toEqual([
    [7_000, undefined],
    [6_000, 6_000],
  ]);
});

test("of an endless answer the first megabyte is read, and no more", async () => {
  const answer = await send({ url: server.serve("/endless", endless) });
  expect(answer).toMatchObject({ status: 200, missing: "too_large", tries: 1 });
  expect(answer.body).toHaveLength(1024 * 1024);
});

test("a caller who hangs up ends it", async () => {
  const controller = new AbortController();
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  const url = server.serve("/hung-up", () => resolve());
  const failed = expect(send({ url }, controller.signal)).rejects.toThrow("hung up");
  await arrived;
  controller.abort(new Error("hung up"));
  await failed;
});

const send = (given: Partial<FlowRequest> & { url: string }, until = signal) =>
  flowRequests(http, clock).send(
    { method: "GET", idempotencyKey: "key", tries: 3, deadlineMs: 10_000, ...given },
    until,
  );

const textOf = ({ body }: { readonly body: Uint8Array }): string => new TextDecoder().decode(body);

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
