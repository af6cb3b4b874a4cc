/** Who hears live calls: a user's WebSocket, and a recognizer that speaks Google's protocol. */
import { once } from "node:events";
import { type WebSocket, WebSocketServer } from "ws";
import { startGcpRecognitionServer } from "../../test/contract/gcp-recognition-server.ts";

export type LiveHost = AsyncDisposable & {
  readonly url: string;
  /** When each stream brought something loud, in the order in which they came. */
  readonly loud: readonly (readonly number[])[];
};

/** Far above what is left of silence on its way, and below a tone. */
const LOUD = 2_000;

export async function startWebSocketHost(address: string): Promise<LiveHost> {
  const server = new WebSocketServer({ host: address, port: 8_000, perMessageDeflate: false });
  await once(server, "listening");
  const loud: number[][] = [];
  server.on("connection", (socket: WebSocket) => {
    const heard: number[] = [];
    loud.push(heard);
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary && isLoud(data)) heard.push(performance.now());
    });
  });
  return {
    url: `ws://${address}:8000/`,
    loud,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

export async function startRecognizer(address: string): Promise<LiveHost> {
  const loud: number[][] = [];
  const server = await startGcpRecognitionServer(address, (session, audio) => {
    loud[session] ??= [];
    if (isLoud(audio)) loud[session].push(performance.now());
  });
  return {
    url: server.endpoint,
    loud,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

function isLoud(samples: Buffer): boolean {
  for (let at = 0; at + 1 < samples.length; at += 2) if (Math.abs(samples.readInt16LE(at)) > LOUD) return true;
  return false;
}
