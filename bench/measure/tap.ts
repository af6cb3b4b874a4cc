import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A piece of a connection as it passed; `dialler` is whoever opened the connection. */
export type Piece = {
  readonly connection: number;
  readonly from: "dialler" | "target";
  readonly atMs: number;
  readonly bytes: Buffer;
};

export type Tap = AsyncDisposable & { readonly pieces: readonly Piece[] };

type Place = { readonly host: string; readonly port: number };

/** Stands between two processes and notes when what passed; what it means is found out later, at leisure. */
export async function startTap(listen: Place, target: Place): Promise<Tap> {
  const pieces: Piece[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((dialler) => {
    const connection = ++connections;
    const far = connect(target);
    const pass = (socket: Socket, to: Socket, from: Piece["from"]): void => {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("data", (bytes) => {
        pieces.push({ connection, from, atMs: performance.now(), bytes });
        to.write(bytes);
      });
      // An end with an error is an end too.
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket);
          to.destroy();
        });
    };
    pass(dialler, far, "dialler");
    pass(far, dialler, "target");
  });
  server.listen(listen);
  await once(server, "listening");
  return {
    pieces,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
