/**
 * Events over `/v1.0/ws`, to whoever has a key.
 *
 * 1. Events of a customer come in the order in which they happened, each once, and only from the moment of the
 *    subscription on: who has to know everything asks the API besides.
 * 2. Who does not read is let go, so that others don't wait and nothing piles up here.
 * 3. A key that is revoked ends its sockets.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import type { AccessKey } from "../../model/access-key.ts";
import type { Announcement, Announcements } from "../../ports/announcements.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Storage } from "../../ports/storage.ts";
import { hashOfKey } from "../secrets.ts";
import { createListener, type Listener } from "./listener.ts";
import { presentEvent } from "./present-event.ts";

export const EVENTS_PATH = "/v1.0/ws";

const MAX_MESSAGE_BYTES = 65_536;
/** What a client may leave unread. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** How often clients, and their keys, are looked after. */
const PULSE_MS = 30_000;
/** Close codes of RFC 6455, 7.4.1; those from 4000 on are ours. */
const CLOSE = { goingAway: 1001, binary: 1003, tooSlow: 1013, keyRevoked: 4401 } as const;

type Services = {
  readonly storage: Storage;
  readonly announcements: Announcements;
  readonly clock: Pick<Clock, "now">;
  readonly log: FastifyBaseLogger;
};

export interface EventSocket {
  /** Takes a request for a WebSocket: it must be one with a key, else it is refused as HTTP would be. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** The clients that listen; nothing is announced to us while there is none. */
export function eventSocket(services: Services): EventSocket {
  const { storage, announcements, log } = services;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const clients = new Map<WebSocket, Client>();
  let stopHearing: (() => void) | undefined;
  let last = Promise.resolve();
  let isClosed = false;
  const pulse = setInterval(() => void lookAfterAll(), PULSE_MS).unref();

  /** Presents an event once, for all who want it, and after those before it. */
  function pass(announcement: Announcement): void {
    const wanting = [...clients].filter(([, { listener }]) => listener.wants(announcement));
    if (wanting.length === 0) return;
    last = last
      .then(async () => {
        const text = await presentEvent(announcement, services);
        for (const [socket] of wanting) send(socket, text);
      })
      .catch((error) => log.error({ err: error, event: announcement.type }, "an event could not be told"));
  }

  function take(socket: WebSocket, accessKey: AccessKey): void {
    const listener = createListener(accessKey.customer_id);
    clients.set(socket, { listener, hash: accessKey.hash, isAlive: true });
    stopHearing ??= announcements.hear(pass);
    log.info({ customer_id: accessKey.customer_id, clients: clients.size }, "somebody listens to events");
    socket.on("message", (data, isBinary) => {
      if (isBinary) socket.close(CLOSE.binary, "messages are JSON, as text");
      else send(socket, listener.heed(data.toString()));
    });
    socket.on("pong", () => {
      const client = clients.get(socket);
      if (client) client.isAlive = true;
    });
    socket.on("error", (error) => log.debug({ err: error }, "an event client failed"));
    socket.on("close", () => {
      clients.delete(socket);
      if (clients.size > 0) return;
      stopHearing?.();
      stopHearing = undefined;
    });
  }

  async function lookAfterAll(): Promise<void> {
    for (const [socket, client] of clients) {
      if (!client.isAlive) socket.terminate();
      client.isAlive = false;
      socket.ping();
      const isKnown = await storage.accessKeys.byHash(client.hash).catch(() => true);
      if (!isKnown) socket.close(CLOSE.keyRevoked, "the key is revoked");
    }
  }

  async function keyOf(request: IncomingMessage): Promise<AccessKey | undefined> {
    const [scheme, token] = (request.headers.authorization ?? "").split(/\s+/);
    const inQuery = new URL(request.url ?? "", "ws://us").searchParams.get("accesskey");
    const key = scheme?.toLowerCase() === "bearer" && token ? token : inQuery;
    return key ? storage.accessKeys.byHash(hashOfKey(key)) : undefined;
  }

  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      keyOf(request)
        .then((accessKey) => {
          if (!accessKey) return refuseUpgrade(socket, "401 Unauthorized", "www-authenticate: Bearer\r\n");
          if (isClosed) return refuseUpgrade(socket, "503 Service Unavailable");
          server.handleUpgrade(request, socket, head, (client) => take(client, accessKey));
        })
        .catch((error) => {
          log.error({ err: error }, "an event client could not be let in");
          refuseUpgrade(socket, "503 Service Unavailable");
        });
    },
    close() {
      isClosed = true;
      clearInterval(pulse);
      stopHearing?.();
      for (const socket of clients.keys()) socket.close(CLOSE.goingAway, "we stop");
    },
  };
}

type Client = { readonly listener: Listener; readonly hash: string; isAlive: boolean };

function send(socket: WebSocket, text: string): void {
  if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.close(CLOSE.tooSlow, "you read too slowly");
  else if (socket.readyState === socket.OPEN) socket.send(text);
}

/** Answers a request for a WebSocket that there is none, and lets go of it whether or not the other side does. */
export function refuseUpgrade(socket: Duplex, status: string, header = ""): void {
  const answer = `HTTP/1.1 ${status}\r\n${header}content-length: 0\r\nconnection: close\r\n\r\n`;
  socket.end(answer, () => socket.destroy());
}
