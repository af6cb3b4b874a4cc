/** A server that transcribes as OpenAI's does. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { hear, samplesOf } from "../support/tones.ts";
import type { RecognitionTrouble } from "./recognition-suite.ts";

const REFUSALS: { readonly [Trouble in RecognitionTrouble]?: number } = { refusal: 400, quota: 429, credentials: 401 };

export type TranscriptionAsked = {
  readonly model: string;
  readonly language: string;
  readonly prompt: string | undefined;
  readonly authorization: string;
  readonly text: string;
};

/** Serves until closed. It understands tones, each called by its frequency. */
export async function startEndpointServer(address: string) {
  const asked: TranscriptionAsked[] = [];
  let trouble: RecognitionTrouble | undefined;
  let answer: ((text: string) => unknown) | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (trouble === "stall") return;
    if (trouble === "cut") return void response.socket?.destroy();
    const status = request.url === "/v1/audio/transcriptions" ? trouble && REFUSALS[trouble] : 404;
    if (status !== undefined) return send(response, status, { error: { message: "said by the server" } });
    const type = request.headers["content-type"] ?? "";
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    const text = await understood(form.get("file"));
    const field = (name: string) => form.get(name)?.toString();
    const authorization = request.headers.authorization ?? "";
    asked.push({
      ...{ model: field("model") ?? "", language: field("language") ?? "", prompt: field("prompt") },
      ...{ authorization, text },
    });
    send(response, 200, answer ? await answer(text) : { text: ` ${text}\n` });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => send(response, 500, { error: { message: String(error) } }));
  });
  server.listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  const port = typeof bound === "object" && bound ? bound.port : 0;
  return {
    asked,
    url: `http://${address}:${port}/v1`,
    /** Answers otherwise, until told not to. */
    answerWith: (other: typeof answer) => {
      answer = other;
    },
    begin: async (next: RecognitionTrouble) => {
      trouble = next;
      if (next === "cut") server.closeAllConnections();
      return async () => {
        trouble = undefined;
      };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function understood(file: unknown): Promise<string> {
  if (!(file instanceof File)) throw new Error("no file");
  const wav = Buffer.from(await file.arrayBuffer());
  const tones = hear(samplesOf(wav), undefined, wav.readUInt32LE(24));
  return tones.map(({ frequency }) => `tone ${frequency}`).join(" ");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
