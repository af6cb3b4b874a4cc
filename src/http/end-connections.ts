import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Longer than what we do for a request takes, shorter than whoever ends us waits (Docker: 10 s). */
const CLOSE_PATIENCE_MS = 5_000;

/**
 * Lets the server close at once when nobody waits for an answer, and soon when somebody does. By itself it would wait for
 * connections that were kept for a next request, or on which none has come yet.
 */
export function endConnections(app: FastifyInstance): void {
  const { server } = app;
  const sockets = new Set<Socket>();
  const answers = new Set<ServerResponse>();
  let isClosing = false;

  /** Leaves those who listen to events, who are told why first. */
  function endUnused(): void {
    if (isClosing && answers.size === 0) server.closeAllConnections();
  }

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (_request, answer) => {
    answers.add(answer);
    answer.once("close", () => {
      answers.delete(answer);
      endUnused();
    });
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    for (const answer of answers) answer.shouldKeepAlive = false;
    endUnused();
    const impatience = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_PATIENCE_MS);
    server.once("close", () => clearTimeout(impatience));
  });
}
