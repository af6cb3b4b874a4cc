import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { eventually } from "../../support/eventually.ts";
import { nextAddress } from "../../support/loopback.ts";
import { connectionTo } from "./support.ts";

const PORT = 8088;

/** Who takes requests over sockets and HTTP, and notes by which way each came; only what is slow waits for the test's answer. */
const taking = async (address: string) => {
  const came: string[] = [];
  const answers: (() => void)[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer(({ url = "" }, response) => {
    came.push(`http ${url.split("?")[0]}`);
    response.writeHead(200).end("{}");
  });
  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    const application = new URL(request.url ?? "", "http://x").searchParams.get("app") ?? "";
    sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      opened.on("message", (frame) => {
        const { request_id, uri } = JSON.parse(String(frame));
        const answer = () => {
          const status = { status_code: 200, reason_phrase: "OK", uri, message_body: "{}" };
          opened.send(JSON.stringify({ type: "RESTResponse", request_id, ...status }));
        };
        came.push(`${application} ${uri.split("?")[0]}`);
        if (uri.startsWith("bridges/slow/")) answers.push(answer);
        else answer();
      });
    });
  });
  server.listen(PORT, address);
  await once(server, "listening");
  return {
    came,
    answers,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

test("who joins a bridge goes by a socket of its own; beside another, over HTTP", async () => {
  const address = nextAddress();
  await using there = await taking(address);
  const environment = {
    RINGDOWN_ARI_URL: `http://${address}:${PORT}`,
    RINGDOWN_ARI_LISTEN: `${address}:8082`,
    RINGDOWN_ARI_LISTEN_PASSWORD: "right",
  };
  await using connection = connectionTo({ environment });
  await connection.start();
  const join = (bridgeId: string) => connection.ari.bridges.addChannel({ bridgeId, channel: ["c"] });
  await eventually("the socket", async () => {
    await join("first");
    return there.came.at(-1) === "ringdown-longer bridges/first/addChannel";
  });
  const slow = join("slow");
  await eventually("the slow one", () => there.answers.length === 1);
  await join("beside");
  for (const answer of there.answers) answer();
  await slow;
  expect(there.came.slice(-2)).toEqual([
    "ringdown-longer bridges/slow/addChannel",
    "http /ari/bridges/beside/addChannel",
  ]);
});
