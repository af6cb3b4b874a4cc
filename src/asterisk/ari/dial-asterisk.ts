import { WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";
import { basicAuthorization } from "./basic-auth.ts";
import type { HttpAccess } from "./rest-over-http.ts";
import type { SocketSource } from "./socket-source.ts";

type Dial = HttpAccess & {
  readonly application: string;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
};

const FIRST_DELAY_MS = 250;

/** Callers wait in silence meanwhile: never rest longer than this. */
const LONGEST_DELAY_MS = 5_000;

const HANDSHAKE_LIMIT_MS = 5_000;

/** How long to wait before that attempt (from 0): doubling to a cap, its upper half by chance, so that many don't dial at once. */
export const reconnectDelayMs = (attempt: number, random: () => number): number => {
  const fullMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return (fullMs * (1 + random())) / 2;
};

/** Dials Asterisk's own socket, for ever: for an Asterisk before 22.5, which can't dial us. Events of a gap are lost. */
export const dialAsterisk = ({ url, username, password, application, clock, random }: Dial): SocketSource => {
  const closing = new AbortController();
  // In a header, because addresses end up in logs.
  const headers = { authorization: basicAuthorization(username, password) };
  let lost = () => {};
  let running: Promise<void> = Promise.resolve();

  const open = (): Promise<WebSocket> => {
    const socket = new WebSocket(eventsUrl(url, application), ["ari"], {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
    });
    const abort = () => socket.terminate();
    closing.signal.addEventListener("abort", abort, { once: true });
    const opening = Promise.withResolvers<WebSocket>();
    socket.once("open", () => opening.resolve(socket)).on("error", opening.reject);
    return opening.promise.finally(() => closing.signal.removeEventListener("abort", abort));
  };

  const dialForEver = async (opened: (socket: WebSocket) => void, failed: (reason: string) => void) => {
    for (let attempt = 0; !closing.signal.aborted; attempt += 1) {
      const ended = Promise.withResolvers<void>();
      lost = ended.resolve;
      try {
        opened(await open());
        const openedAtMs = clock.now();
        await ended.promise;
        if (clock.now() - openedAtMs > LONGEST_DELAY_MS) attempt = -1;
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
      await clock
        .sleepUntil(clock.now() + reconnectDelayMs(Math.max(attempt, 0), random), closing.signal)
        .catch(() => {});
    }
  };

  return {
    async start(opened, failed) {
      running = dialForEver(opened, failed);
    },
    lost: () => lost(),
    async close() {
      closing.abort();
      lost();
      await running;
    },
  };
};

const eventsUrl = (url: string, application: string): URL => {
  const address = new URL(`/ari/events?app=${encodeURIComponent(application)}`, url);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address;
};
