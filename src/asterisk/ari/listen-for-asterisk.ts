import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { basicAuthorization, sameAuthorization } from "./basic-auth.ts";
import type { AriLog } from "./log.ts";
import type { SocketSource } from "./socket-source.ts";

/** Where Asterisk dials us, and who it must be. */
export type ListenAccess = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
};

const PATH = "/ari";

/** Larger than any event; a channel with all its variables is a few KiB. */
const FRAME_LIMIT_BYTES = 16 * 1024 * 1024;

/** Serves the persistent socket of Asterisk's `outbound_websocket`; the newest one counts. */
export const listenForAsterisk = (access: ListenAccess, log: AriLog): SocketSource => {
  const expected = basicAuthorization(access.username, access.password);
  const server = createServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_LIMIT_BYTES,
    handleProtocols: (offered) => (offered.has("ari") ? "ari" : false),
  });

  // A wrong password comes twice a second: once is news.
  let lastRefusal = "";

  const refuse = (stream: Duplex, status: string, reason: string, request: IncomingMessage) => {
    if (reason !== lastRefusal) log.warn({ reason, remoteAddress: request.socket.remoteAddress }, "ari socket refused");
    lastRefusal = reason;
    stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  const upgrade = (opened: (socket: WebSocket) => void) => (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    if (request.url?.split("?")[0] !== PATH) return refuse(stream, "404 Not Found", "unknown path", request);
    if (!sameAuthorization(expected, request.headers.authorization))
      return refuse(stream, "401 Unauthorized\r\nWWW-Authenticate: Basic", "wrong credentials", request);
    lastRefusal = "";
    sockets.handleUpgrade(request, stream, head, opened);
  };

  return {
    async start(opened) {
      server.on("upgrade", upgrade(opened));
      server.listen(access.port, access.host);
      await once(server, "listening");
    },
    lost() {},
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
