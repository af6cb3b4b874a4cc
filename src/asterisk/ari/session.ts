import { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";
import { AriError } from "./ari-error.ts";
import type { AriEvent } from "./event.ts";
import type { AriLog } from "./log.ts";
import { readMessage } from "./message.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.generated.ts";
import { restOverWebSocket } from "./rest-over-websocket.ts";
import { watchSocket } from "./watchdog.ts";
import { type WireRequest, wireRequest } from "./wire-request.ts";

type Start = {
  readonly socket: WebSocket;
  /** Whose events come; absent on a socket that is for requests alone. */
  readonly application?: string;
  /** Asterisk dialled us, so it announces the application after what it kept for us; otherwise it never does. */
  readonly announces: boolean;
  readonly clock: Clock;
  readonly log: AriLog;
  readonly heard?: (event: AriEvent) => void;
  readonly ready?: () => void;
  readonly closed: (reason: string) => void;
};

export type Session = {
  /** Whether requests may go over this socket; before 22.4 Asterisk ignores them. */
  readonly takesRequests: () => boolean;
  /** Requests that wait for their answers. */
  readonly pending: () => number;
  request(operation: Operation, wire: WireRequest, signal: AbortSignal): Promise<unknown>;
  end(reason: string): void;
};

const PING = operations["asterisk.ping"];

/**
 * The life of one socket.
 * 1. Events are handed on in order of arrival, those kept by Asterisk before `ready`.
 * 2. `ready` is called at most once, `closed` exactly once, with the first reason.
 * 3. After `closed` nothing is handed on, and every pending request has failed.
 * 4. A socket that Asterisk dialled gets no control frame but a close: when Asterisk can't send the answer to a ping
 *    any more, it waits for ever instead of dialling again. Its liveness is asked for by a request.
 */
export const startSession = (start: Start): Session => {
  const { socket, application, announces, clock, log, heard = () => {}, ready = () => {}, closed } = start;
  const life = new AbortController();
  const rest = restOverWebSocket((frame) => socket.send(frame));
  let takesRequests = announces;

  const end = (reason: string) => {
    if (life.signal.aborted) return;
    life.abort(new Error(reason));
    // Not a polite close: the other side may be gone, and Asterisk dials again after either.
    socket.terminate();
    rest.failAll(reason);
    closed(reason);
  };

  const receive = (event: AriEvent) => {
    heard(event);
    if (application === undefined || event.application !== application) return;
    if (event.type === "ApplicationRegistered" && announces) ready();
    if (event.type === "ApplicationReplaced") end("another connection took the application over");
  };

  /** Any answer will do; none is the watchdog's business. */
  const ask = () => {
    rest.request(PING, wireRequest(PING, {}), life.signal).then(
      () => {
        takesRequests = true;
      },
      () => {},
    );
    if (!takesRequests) socket.ping();
  };

  socket.on("message", (frame) => {
    if (life.signal.aborted) return;
    const message = readMessage(String(frame));
    if (message.kind === "answer") return rest.settle(message.answer);
    if (message.kind === "event") return receive(message.event);
    log.warn({ characters: String(frame).length }, "ari frame unreadable");
  });
  socket.on("close", (code) => end(`the socket closed with code ${code}`));
  socket.on("error", (error) => end(error.message));
  watchSocket({ socket, clock, ask, dead: () => end("Asterisk no longer answers") }, life.signal).catch((error) =>
    end(String(error)),
  );
  if (!announces) {
    // The answer to a ping proves that Asterisk has registered the application: only then does it read.
    socket.once("pong", ready);
    ask();
  }

  return {
    takesRequests: () => takesRequests,
    pending: rest.pending,
    async request(operation, wire, signal) {
      if (socket.readyState !== WebSocket.OPEN)
        throw new AriError(operation.name, "the socket is closing", { kind: "disconnected" });
      return rest.request(operation, wire, signal);
    },
    end,
  };
};
