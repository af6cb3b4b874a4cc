import { once } from "node:events";
import { connect, type LookupFunction, type Socket } from "node:net";
import { OutboundError } from "../../ports/outbound-http.ts";
import type { OutboundConnection } from "../../ports/outbound-media.ts";
import { MOST_UNSENT_BYTES, PROBE_MS } from "./live-limits.ts";
import { type Ending, explain } from "./outbound-fault.ts";

export type HostAndPort = { readonly hostname: string; readonly port: number };

/** Connects by TCP, by way of a lookup that checks. @throws OutboundError, or the signal's reason. */
export async function openConnection(
  { hostname, port }: HostAndPort,
  lookup: LookupFunction,
  limitMs: number,
  signal: AbortSignal,
): Promise<OutboundConnection> {
  signal.throwIfAborted();
  const host = `${hostname}:${port}`;
  const ending: Ending = { signal, deadline: AbortSignal.timeout(limitMs) };
  const alive = { noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_MS };
  const socket = connect({ host: hostname, port, lookup, ...alive });
  const ended = new AbortController();
  const end = (why: string, cause?: unknown) =>
    ended.abort(new OutboundError(host, "unreachable", `${host} ${why}`, { cause }));
  try {
    await once(socket, "connect", { signal: AbortSignal.any([signal, ending.deadline]) });
  } catch (error) {
    socket.on("error", () => {}).destroy();
    throw explain(error, host, ending);
  }
  socket.on("error", (error) => end(`broke the connection off: ${error.message}`, error));
  socket.on("close", () => end("closed the connection"));

  return {
    data: bytesOf(socket),
    send(bytes) {
      if (!socket.writable || socket.writableLength > MOST_UNSENT_BYTES) return false;
      socket.write(bytes);
      return true;
    },
    signal: ended.signal,
    async [Symbol.asyncDispose]() {
      ended.abort(new OutboundError(host, "unreachable", "the connection was closed"));
      socket.destroySoon();
    },
  };
}

/** How it ended, its signal says. */
async function* bytesOf(socket: Socket): AsyncGenerator<Uint8Array> {
  try {
    yield* socket;
  } catch {
    return;
  }
}
