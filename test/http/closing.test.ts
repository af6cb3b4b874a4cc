import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startApi } from "./support/server.ts";

/** Far less than a connection is kept for a next request, or for a first one. */
const SOON_MS = 2_000;

afterEach(() => {
  vi.useRealTimers();
});

const listening = async (choice: Parameters<typeof startApi>[0] = {}) => {
  const { server } = await startApi(choice);
  const base = await server.listen({ host: "127.0.0.1", port: 0 });
  const { hostname, port } = new URL(base);
  const connected = async () => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, "connect");
    return socket;
  };
  return { server, base, connected };
};

/** An engine that places a group when it is let. */
const slowEngine = () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
  const placeGroupcall = async () => {
    onAsked();
    await free;
    throw new Error("placed");
  };
  return { asked, letGo, engine: { placeGroupcall } };
};

const ORDER = JSON.stringify({ destinations: [{ type: "sip", target: "sip:bob@127.0.0.1" }], actions: [] });
const orderGroup = (base: string) =>
  fetch(`${base}/v1.0/groupcalls`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer key-of-anna" },
    body: ORDER,
  });

test("a server that closes answers what is asked, and is closed then", async () => {
  const { asked, letGo, engine } = slowEngine();
  const { server, base } = await listening({ engine });
  const answer = orderGroup(base);
  await asked;
  const closed = server.close();
  await eventually("that nobody is let in", () => !server.server.listening);
  letGo();
  const { status, headers } = await answer;
  expect([status, headers.get("connection")]).toEqual([500, "close"]);
  const before = performance.now();
  await closed;
  expect(performance.now() - before).toBeLessThan(SOON_MS);
});

test("a connection on which nothing was asked does not keep the server from closing", async () => {
  const { server, connected } = await listening();
  const socket = await connected();
  await eventually(
    "the connection",
    async () => (await promisify(server.server.getConnections.bind(server.server))()) === 1,
  );
  const before = performance.now();
  await server.close();
  expect(performance.now() - before).toBeLessThan(SOON_MS);
  expect(await text(socket)).toBe("");
});

test("who never ends a request is not waited for longer than a moment", async () => {
  const { server, connected } = await listening();
  const socket = await connected();
  const arrived = once(server.server, "request");
  socket.write(`POST /v1.0/groupcalls HTTP/1.1\r\nhost: us\r\ncontent-type: application/json\r\n`);
  socket.write(`authorization: Bearer key-of-anna\r\ncontent-length: ${ORDER.length}\r\n\r\n{`);
  await arrived;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = server.close();
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  await closed;
});

test.each([
  [
    "a WebSocket that there is not",
    "GET /nowhere HTTP/1.1\r\nhost: us\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  ],
  ["what is no HTTP", "INVITE sip:1000@127.0.0.1 SIP/2.0\r\n\r\n"],
])("who asks for %s and keeps the connection is let go all the same", async (_what, request) => {
  const { server, connected } = await listening();
  const socket = await connected();
  socket.write(request);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04] /);
  const count = promisify(server.server.getConnections.bind(server.server));
  await eventually("the end of the connection", async () => (await count()) === 0);
  socket.destroy();
});
