import { once } from "node:events";
import type { LookupFunction } from "node:net";
import { WebSocket } from "ws";
import { OutboundError } from "../../ports/outbound-http.ts";
import type { OutboundSocket } from "../../ports/outbound-media.ts";
import { MOST_UNSENT_BYTES, PROBE_MS } from "./live-limits.ts";
import { type Ending, explain } from "./outbound-fault.ts";

/** Seconds of audio; a larger message is cut off. */
const MOST_MESSAGE_BYTES = 256 * 1024;
/** What may wait for its reader until the other side is slowed down: half a minute of wideband audio. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** Connects to a WebSocket by way of a lookup that checks. @throws OutboundError, or the signal's reason. */
export async function connectSocket(
  url: URL,
  lookup: LookupFunction,
  limitMs: number,
  signal: AbortSignal,
): Promise<OutboundSocket> {
  signal.throwIfAborted();
  const { host } = url;
  const ending: Ending = { signal, deadline: AbortSignal.timeout(limitMs) };
  const options = { perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES, lookup };
  const socket = new WebSocket(url, options);
  const ended = new AbortController();
  const end = (fault: OutboundError["fault"], why: string, cause?: unknown) =>
    ended.abort(new OutboundError(host, fault, `${host} ${why}`, { cause }));
  socket.on("close", (code, reason) =>
    end("unreachable", `closed the connection (${[code, reason].join(" ").trim()})`),
  );
  const incoming = incomingOf(socket, ended.signal);
  try {
    await once(socket, "open", { signal: AbortSignal.any([signal, ending.deadline]) });
  } catch (error) {
    socket.on("error", () => {}).terminate();
    throw explain(error, host, ending);
  }
  socket.on("error", (error) => {
    end("unreachable", `broke the connection off: ${error.message}`, error);
    socket.terminate();
  });
  const stopPinging = keepAsking(socket, () => end("timeout", "does not answer any more"));
  socket.on("close", stopPinging);

  return {
    ...incoming,
    send(message) {
      if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > MOST_UNSENT_BYTES) return false;
      socket.send(message);
      return true;
    },
    signal: ended.signal,
    async [Symbol.asyncDispose]() {
      stopPinging();
      ended.abort(new OutboundError(host, "unreachable", "the connection was closed"));
      socket.resume();
      socket.close(1000);
    },
  };
}

/** What comes; the socket stands still while too much of it waits. */
function incomingOf(socket: WebSocket, ended: AbortSignal): Pick<OutboundSocket, "data" | "forget" | "onText"> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let tellText: (text: string) => void = () => {};
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const changed = (bytes: number) => {
    waitingBytes += bytes;
    if (waitingBytes > MOST_WAITING_BYTES) socket.pause();
    else if (socket.isPaused && waitingBytes < MOST_WAITING_BYTES / 2) socket.resume();
  };
  ended.addEventListener("abort", tell, { once: true });
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return tellText(data.toString("utf8"));
    waiting.push(data);
    changed(data.length);
    tell();
  });
  return {
    data: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const message = waiting.shift();
          if (message) {
            changed(-message.length);
            yield message;
          } else if (ended.aborted) return;
          else await news.promise;
        }
      },
    },
    forget() {
      waiting = [];
      changed(-waitingBytes);
    },
    onText(listener) {
      tellText = listener;
    },
  };
}

/** Asks again and again whether the other side lives; ends the socket when it does not. */
function keepAsking(socket: WebSocket, onSilence: () => void): () => void {
  let isAlive = true;
  // A side that is slowed down can't answer.
  socket.on("pong", () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive && !socket.isPaused) {
      onSilence();
      socket.terminate();
      return;
    }
    isAlive = socket.isPaused;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PROBE_MS).unref();
  return () => clearInterval(timer);
}
