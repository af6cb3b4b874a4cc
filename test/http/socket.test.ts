import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startApi } from "./support/server.ts";

const listening = async () => {
  const { server } = await startApi();
  return server.listen({ host: "127.0.0.1", port: 0 });
};

test("a flow is created over a real socket", async () => {
  const base = await listening();
  const reply = await fetch(`${base}/v1.0/flows?accesskey=key-of-anna`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "größer", actions: [{ type: "answer" }] }),
  });
  expect(reply.status).toBe(201);
  expect(await reply.json()).toMatchObject({ name: "größer", actions: [{ type: "answer" }] });
});

test("a body that grows without end is cut off", async () => {
  const base = await listening();
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) });
  const sending = fetch(`${base}/v1.0/flows`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer key-of-anna" },
    body: endless,
    duplex: "half",
  });
  // Either the answer arrives, or the closed connection is noticed first.
  const status = await sending.then((reply) => reply.status).catch(() => "cut off");
  expect([413, "cut off"]).toContain(status);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});

test("bytes that are not HTTP are answered in the one shape", async () => {
  const { hostname, port } = new URL(await listening());
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write("INVITE sip:1000@127.0.0.1 SIP/2.0\r\n\r\n");
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(body).error).toMatchObject({ status: "INVALID_ARGUMENT", reason: "MALFORMED_REQUEST" });
});
