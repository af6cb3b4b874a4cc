/** A server that speaks OpenAI's protocol: chat completions, streamed as server-sent events. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

const requestSchema = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(z.looseObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
});
export type ChatAsked = z.infer<typeof requestSchema> & { readonly authorization: string; readonly atMs: number };

/** What a reply is, piece by piece; a number is a pause in ms, `cut` the end of the connection. */
export type ChatScript = readonly (string | number | "cut")[];
/** A reply; a status refuses. */
type Reply = ChatScript | { readonly status: number };

/** Serves until closed, each request by what `think` gives for it. */
export async function startChatServer(address: string, think: (asked: ChatAsked) => Reply) {
  const asked: ChatAsked[] = [];
  let reply = think;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") return refuse(response, 404);
    const authorization = request.headers.authorization ?? "";
    const one = { ...requestSchema.parse(JSON.parse(body)), authorization, atMs: Date.now() };
    asked.push(one);
    const script = reply(one);
    if ("status" in script) return refuse(response, script.status);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event(one.model, { role: "assistant", content: "" }));
    for (const piece of script) {
      if (response.destroyed) return;
      if (piece === "cut") return void response.socket?.destroy();
      if (typeof piece === "number") await pause(piece);
      else response.write(event(one.model, { content: piece }));
    }
    response.write(event(one.model, {}, "stop"));
    response.end("data: [DONE]\n\n");
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => refuse(response, 500));
  });
  server.listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  return {
    asked,
    url: `http://${address}:${typeof bound === "object" && bound ? bound.port : 0}/v1`,
    /** Thinks otherwise from now on; as at first when nothing is given. */
    thinkWith: (other: typeof think = think) => {
      reply = other;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const event = (model: string, delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({
    ...{ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model },
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`;

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message: "said by the server", type: "x", code: null } }));
}
