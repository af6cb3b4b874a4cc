import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** `silent`: takes everything and never answers. `deaf`: does not even read. `halting`: begins a whole answer and stops in it. */
export type Stall = "silent" | "deaf" | "halting";

const BEGINNING = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\ncontent-type: audio/wav\r\n\r\nRIFF";

/** A server that accepts and then stalls in one way, until the test is over; gives its URL. */
export async function startStallingServer(stall: Stall): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (stall === "deaf") return void socket.pause();
    socket.resume();
    if (stall === "halting") socket.once("data", () => socket.write(BEGINNING));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === "object" && bound ? bound.port : 0}`;
}
