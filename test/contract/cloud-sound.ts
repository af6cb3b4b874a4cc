import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { plainTextOf } from "../../src/providers/synthesis/ssml.ts";

const MS_PER_CHARACTER = 60;
const TONE_HZ = 440;

/** What a cloud of ours says: a tone as long as the words, and silence for each pause. 16-bit mono, 16 kHz. */
export function soundOf(words: string): Buffer {
  const pausesMs = [...words.matchAll(/<break time="(\d+)ms"/g)].reduce((sum, [, ms]) => sum + Number(ms), 0);
  const characters = words.startsWith("<speak>") ? plainTextOf(words).length : words.length;
  const sound = Buffer.alloc((characters * MS_PER_CHARACTER + pausesMs) * 32);
  const samples = sound.length / 2;
  for (let at = 0; at < samples; at += 1) {
    sound.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / 16_000)), at * 2);
  }
  return sound;
}

/** A server before another, which lets only so much of an answer through while it is told to. */
export async function startCutter(address: string, upstreamPort: number) {
  let cutAfterBytes = Number.POSITIVE_INFINITY;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: upstreamPort, host: address, noDelay: true });
    let passedBytes = 0;
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      passedBytes += bytes.length;
      if (passedBytes > cutAfterBytes) client.destroy();
      else client.write(bytes);
    });
  });
  server.listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : 0,
    /** Ends connections after so many bytes of answers, those that are open at once. */
    cutAfter: (bytes: number) => {
      cutAfterBytes = bytes;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
