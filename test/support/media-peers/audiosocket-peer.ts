import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { bytesOf, framesOf, type MediaPeer, pcmOf, rateOf, SAY_MS, sendPaced, spoken, startEar } from "./peer.ts";

const HANGUP = 0x00;
const UUID = 0x01;
const SOUND = { slin: 0x10, slin16: 0x12 } as const;
const HEADER_BYTES = 3;

export type AudioSocketPeer = MediaPeer & {
  /** What the connections said that they were. */
  readonly uuids: readonly string[];
  /** How many are open. */
  readonly open: number;
  /** Sends any bytes to who connected last. */
  send(bytes: Uint8Array): void;
  /** Ends all of them, as the protocol has it. */
  hangUp(): void;
};

/** Speaks Asterisk's AudioSocket: three bytes of kind and length, then the content. */
export const startAudioSocketPeer = async (
  address: string,
  format: keyof typeof SOUND = "slin",
): Promise<AudioSocketPeer> => {
  const rate = rateOf(format);
  const ear = startEar(rate);
  const uuids: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const take = (socket: Socket): void => {
    connections++;
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        if (rest.length < HEADER_BYTES) return;
        const end = HEADER_BYTES + rest.readUInt16BE(1);
        if (rest.length < end) return;
        const [kind, content] = [rest.readUInt8(0), rest.subarray(HEADER_BYTES, end)];
        rest = rest.subarray(end);
        if (kind === UUID) uuids.push(asUuid(content));
        if (kind === SOUND[format]) ear.add(pcmOf(content));
      }
    });
  };
  const server = createServer(take);
  server.listen(0, address);
  await once(server, "listening");
  const listening = server.address();
  const port = listening && typeof listening === "object" ? listening.port : 0;

  return {
    external_host: `${address}:${port}`,
    get connections() {
      return connections;
    },
    get received() {
      return ear.count();
    },
    get open() {
      return sockets.size;
    },
    uuids,
    heard: ear.heard,
    frequencies: ear.frequencies,
    say: (frequency, durationMs = SAY_MS) =>
      sendPaced(
        framesOf(spoken(frequency, durationMs, rate), rate).map((pcm) => framed(SOUND[format], bytesOf(pcm))),
        (frame) => [...sockets].at(-1)?.write(frame),
      ),
    send: (bytes) => void [...sockets].at(-1)?.write(bytes),
    hangUp: () => {
      for (const socket of sockets) socket.end(framed(HANGUP, Buffer.alloc(0)));
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};

export const framed = (kind: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt16BE(content.length, 1);
  return Buffer.concat([head, content]);
};

const asUuid = (bytes: Buffer): string =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
