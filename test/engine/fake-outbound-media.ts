import { OutboundError } from "../../src/ports/outbound-http.ts";
import type { OutboundMedia, OutboundSocket } from "../../src/ports/outbound-media.ts";

/** A host's end of a connection, which is the test. */
export type FakeSocket = {
  readonly url: string;
  /** What it was sent: text parsed, audio as it was. */
  readonly texts: unknown[];
  readonly audio: Uint8Array[];
  /** Whether it takes what it is sent. */
  reads: boolean;
  /** Data that was thrown away. */
  readonly forgotten: number;
  readonly isOpen: boolean;
  say(message: string | Uint8Array): void;
  close(): void;
};

export type FakeOutboundMedia = OutboundMedia & {
  readonly sockets: readonly FakeSocket[];
  /** Hosts or URLs that can't be reached, and why. */
  readonly faults: Map<string, OutboundError>;
};

/** Every name is its own address; every URL, and every host and port, has a server. */
export function fakeOutboundMedia(): FakeOutboundMedia {
  const sockets: FakeSocket[] = [];
  const faults = new Map<string, OutboundError>();
  const check = (host: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    const fault = faults.get(host);
    if (fault) throw fault;
  };
  return {
    sockets,
    faults,
    async resolve(hostAndPort, signal) {
      check(hostAndPort, signal);
      return hostAndPort;
    },
    async dial(hostAndPort, signal) {
      check(hostAndPort, signal);
      const { fake, socket } = socketPair(hostAndPort);
      sockets.push(fake);
      return socket;
    },
    async connect(url, signal) {
      check(url, signal);
      const { fake, socket } = socketPair(url);
      sockets.push(fake);
      return socket;
    },
  };
}

function socketPair(url: string): { readonly fake: FakeSocket; readonly socket: OutboundSocket } {
  const ended = new AbortController();
  const waiting: Uint8Array[] = [];
  const texts: unknown[] = [];
  const audio: Uint8Array[] = [];
  let tellText: (text: string) => void = () => {};
  let forgotten = 0;
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const end = (why: string) => {
    ended.abort(new OutboundError("h", "unreachable", why));
    tell();
  };
  const fake: FakeSocket = {
    url,
    texts,
    audio,
    reads: true,
    get forgotten() {
      return forgotten;
    },
    get isOpen() {
      return !ended.signal.aborted;
    },
    say(message) {
      if (typeof message === "string") return tellText(message);
      waiting.push(message);
      tell();
    },
    close: () => end("h closed the connection"),
  };
  const socket: OutboundSocket = {
    signal: ended.signal,
    data: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const message = waiting.shift();
          if (message) yield message;
          else if (ended.signal.aborted) return;
          else await news.promise;
        }
      },
    },
    forget() {
      forgotten += waiting.splice(0).length;
    },
    onText(listener) {
      tellText = listener;
    },
    send(message) {
      if (ended.signal.aborted || !fake.reads) return false;
      if (typeof message === "string") texts.push(JSON.parse(message));
      else audio.push(message);
      return true;
    },
    [Symbol.asyncDispose]: async () => end("closed"),
  };
  return { fake, socket };
}
