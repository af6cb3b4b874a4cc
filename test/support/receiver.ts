import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import type { AudioServer } from "./audio-server.ts";

export type Received = { readonly headers: IncomingHttpHeaders; readonly method: string; readonly body: string };
export type Reply = { readonly status?: number; readonly body?: unknown };

/** Receives webhooks and the like under a path, keeps them, and replies to each as told; `count` is 1 for the first. */
export const receive = (
  server: AudioServer,
  path: string,
  reply: (received: Received, count: number) => Reply | Promise<Reply> = () => ({}),
) => {
  const received: Received[] = [];
  const url = server.serve(path, async (request, response) => {
    const one = { headers: request.headers, method: request.method ?? "", body: await text(request) };
    const count = received.push(one);
    const { status = 200, body = "" } = await reply(one, count);
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return { url, received };
};

/** A reply that never comes. */
export const noReply = (): Promise<Reply> => new Promise(() => {});
