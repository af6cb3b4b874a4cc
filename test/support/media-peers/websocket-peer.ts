import { once } from "node:events";
import { type WebSocket, WebSocketServer } from "ws";
import { freshCodec } from "../rtp/codec.ts";
import { bytesOf, type MediaPeer, pcmOf, rateOf, SAY_MS, spoken, startEar } from "./peer.ts";

export type WebSocketPeer = MediaPeer & {
  /** The text messages that came, parsed. */
  readonly texts: readonly unknown[];
  /** Lengths of the binary ones. */
  readonly lengths: readonly number[];
  /** How many are open. */
  readonly open: number;
  /** Sends any message to who connected last. */
  send(message: string | Uint8Array): void;
  /** A tone as the format has it. */
  encoded(frequency: number, durationMs: number): Uint8Array;
  /** Stops reading what comes. */
  stall(): void;
  /** How much of what it sent has not left yet. */
  readonly unsentBytes: number;
  hangUp(code: number, reason: string): void;
};

/** A user's server of live audio. */
export const startWebSocketPeer = async (
  address: string,
  format: "ulaw" | "alaw" | "slin" | "slin16" = "ulaw",
): Promise<WebSocketPeer> => {
  const rate = rateOf(format);
  const ear = startEar(rate);
  const law = format === "ulaw" ? freshCodec("pcmu") : format === "alaw" ? freshCodec("pcma") : undefined;
  const server = new WebSocketServer({ host: address, port: 0, perMessageDeflate: false });
  await once(server, "listening");
  const listening = server.address();
  const port = listening && typeof listening === "object" ? listening.port : 0;
  const sockets: WebSocket[] = [];
  const texts: unknown[] = [];
  const lengths: number[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.terminate());
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return texts.push(JSON.parse(data.toString()));
      lengths.push(data.length);
      ear.add(law ? law.decode(data) : pcmOf(data));
    });
  });
  const encoded = (frequency: number, durationMs: number): Uint8Array => {
    const pcm = spoken(frequency, durationMs, rate);
    return law ? law.encode(pcm) : bytesOf(pcm);
  };
  const send = (message: string | Uint8Array): void => sockets.at(-1)?.send(message);

  return {
    external_host: `ws://${address}:${port}/audio?token=hidden`,
    get connections() {
      return sockets.length;
    },
    get received() {
      return ear.count();
    },
    get open() {
      return server.clients.size;
    },
    get unsentBytes() {
      return sockets.at(-1)?.bufferedAmount ?? 0;
    },
    texts,
    lengths,
    heard: ear.heard,
    frequencies: ear.frequencies,
    // All at once: who is connected has to hear it at the pace of speech.
    say: async (frequency, durationMs = SAY_MS) => send(encoded(frequency, durationMs)),
    send,
    encoded,
    stall: () => sockets.at(-1)?.pause(),
    hangUp: (code, reason) => sockets.at(-1)?.close(code, reason),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
};
