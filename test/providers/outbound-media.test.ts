import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { OutboundConnection } from "../../src/ports/outbound-media.ts";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { outboundMedia } from "../../src/providers/outbound/outbound-media.ts";
import { eventually } from "../support/eventually.ts";
import { nextAddress } from "../support/loopback.ts";
import { DISGUISED_HOSTS } from "./addresses.ts";

const address = nextAddress();
const elsewhere = nextAddress();
const port = 8010;
const signal = new AbortController().signal;
const media = outboundMedia(addressPolicy(address));
const url = `ws://${address}:${port}/`;
let server: WebSocketServer;

beforeAll(async () => {
  server = new WebSocketServer({ host: address, port });
  await once(server, "listening");
});
afterAll(async () => {
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, "close");
});

/** Whether it takes no more, after ever so much. */
const isFull = ({ send }: Pick<OutboundConnection, "send">): boolean =>
  Array.from({ length: 100 }, () => send(new Uint8Array(32_000))).includes(false);

/** A connection, and its other end. */
async function connected() {
  const arriving = once(server, "connection");
  const socket = await media.connect(url, signal);
  const [peer] = (await arriving) as [WebSocket];
  return { socket, peer };
}

describe("an address that may not be reached", () => {
  test.each(DISGUISED_HOSTS)("is refused as %s", async (host) => {
    await expect(media.connect(`ws://${host}:${port}/`, signal)).rejects.toMatchObject({ fault: "refused" });
    await expect(media.resolve(`${host}:${port}`, signal)).rejects.toMatchObject({ fault: "refused" });
    await expect(media.dial(`${host}:${port}`, signal)).rejects.toMatchObject({ fault: "refused" });
  });

  test("is refused when only one of a name's addresses is such", async () => {
    const found = [address, elsewhere].map((one) => ({ address: one, family: 4 }));
    const both = outboundMedia(addressPolicy(address), { resolve: (_name, done) => done(null, found) });
    await expect(both.resolve(`two.example:${port}`, signal)).rejects.toMatchObject({ fault: "refused" });
    await expect(both.dial(`two.example:${port}`, signal)).rejects.toMatchObject({ fault: "refused" });
    await expect(both.connect(`ws://two.example:${port}/`, signal)).rejects.toMatchObject({ fault: "refused" });
  });
});

describe("a host and port", () => {
  test("become an address and port", async () => {
    expect(await media.resolve(`${address}:8000`, signal)).toBe(`${address}:8000`);
    const named = outboundMedia(addressPolicy("::1/128"), {
      resolve: (_name, done) => done(null, [{ address: "::1", family: 6 }]),
    });
    expect(await named.resolve("six.example:8000", signal)).toBe("[::1]:8000");
  });

  test.each(["h", "h:0x", "h:70000", ":1"])("like %s are none", (text) =>
    expect(media.resolve(text, signal)).rejects.toMatchObject({ fault: "refused" }),
  );

  test("whose name nobody knows is unreachable", () =>
    expect(media.resolve("nobody.invalid:1", signal)).rejects.toMatchObject({ fault: "unreachable" }));
});

describe("a WebSocket", () => {
  test("carries audio in order, and text beside it, both ways", async () => {
    const { socket, peer } = await connected();
    await using _ = socket;
    const texts: string[] = [];
    socket.onText((text) => texts.push(text));
    for (const byte of [1, 2, 3]) peer.send(Uint8Array.of(byte));
    peer.send("hello");
    await eventually("the text", () => texts.length === 1);
    const came: number[] = [];
    for await (const [byte = 0] of socket.data) if (came.push(byte) === 3) break;
    expect(came).toEqual([1, 2, 3]);
    const answer = once(peer, "message");
    expect(socket.send(Uint8Array.of(9))).toBe(true);
    expect((await answer)[0]).toEqual(Buffer.of(9));
  });

  test("slows down who sends more than is read, and forgets what is not wanted", async () => {
    const { socket, peer } = await connected();
    await using _ = socket;
    const sent = 64 * 1024 * 1024;
    for (let bytes = 0; bytes < sent; bytes += 65_536) peer.send(new Uint8Array(65_536));
    await eventually("a peer that waits", async () => {
      const before = peer.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && peer.bufferedAmount === before;
    });
    socket.forget();
    let read = 0;
    for await (const { length } of socket.data) {
      read += length;
      if (peer.bufferedAmount === 0) break;
    }
    expect(read).toBeGreaterThan(0);
  });

  test("does not send to who does not take it", async () => {
    const { socket, peer } = await connected();
    await using _ = socket;
    peer.pause();
    await eventually("no more room", () => isFull(socket));
    peer.resume();
    await eventually("room", () => socket.send(Uint8Array.of(1)));
  });

  test("that is closed says by whom, and why", async () => {
    const { socket, peer } = await connected();
    peer.close(4_000, "closing time");
    await eventually("its end", () => socket.signal.aborted);
    expect(socket.signal.reason.message).toContain("4000 closing time");
    for await (const _ of socket.data) throw new Error("nothing came");
    expect(socket.send("x")).toBe(false);
    await socket[Symbol.asyncDispose]();
  });

  test("that breaks off, or sends what is too large, ends", async () => {
    const { socket, peer } = await connected();
    peer.terminate();
    await eventually("its end", () => socket.signal.aborted);
    const second = await connected();
    second.peer.send(new Uint8Array(1024 * 1024));
    await eventually("its end", () => second.socket.signal.aborted);
  });

  test("whose server does not answer any more is over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const { socket, peer } = await connected();
      peer.pause();
      vi.advanceTimersByTime(10_000);
      expect(socket.signal.aborted).toBe(false);
      vi.advanceTimersByTime(10_000);
      expect(socket.signal.reason).toMatchObject({ fault: "timeout" });
    } finally {
      vi.useRealTimers();
    }
  });

  test("that nobody offers is unreachable", async () => {
    await expect(media.connect(`ws://${address}:8011/`, signal)).rejects.toMatchObject({ fault: "unreachable" });
    await expect(media.connect(`http://${address}:${port}/`, signal)).rejects.toMatchObject({ fault: "refused" });
  });

  test("whose server says nothing is given up after a while, or when it is not wanted any more", async () => {
    const mute: Server = createServer(() => {});
    mute.listen(8012, address);
    await once(mute, "listening");
    await using _ = { [Symbol.asyncDispose]: async () => void mute.close() };
    const there = `ws://${address}:8012/`;
    await expect(media.connect(there, signal)).rejects.toMatchObject({ fault: "timeout" });
    const startedMs = performance.now();
    const hasty = outboundMedia(addressPolicy(address), { connectMs: 100 });
    await expect(hasty.connect(there, signal)).rejects.toMatchObject({ fault: "timeout" });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    await expect(media.connect(there, AbortSignal.timeout(50))).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

describe("a connection by TCP", () => {
  const accepted: Socket[] = [];
  const tcp = createServer((socket) => accepted.push(socket.on("error", () => {})));
  const there = `${address}:8013`;
  beforeAll(async () => {
    tcp.listen(8013, address);
    await once(tcp, "listening");
  });
  afterAll(() => tcp.close());
  async function dialled() {
    const arriving = once(tcp, "connection");
    const connection = await media.dial(there, signal);
    const [peer] = (await arriving) as [Socket];
    return { connection, peer };
  }

  test("carries bytes both ways, and says so when it is closed", async () => {
    const { connection, peer } = await dialled();
    peer.end("hello");
    let came = "";
    for await (const bytes of connection.data) came += Buffer.from(bytes).toString();
    expect(came).toBe("hello");
    await eventually("its end", () => connection.signal.aborted);
    expect(connection.signal.reason).toMatchObject({ host: there, fault: "unreachable" });
    expect(connection.send(Uint8Array.of(1))).toBe(false);
    await connection[Symbol.asyncDispose]();
  });

  test("sends the last that it was given before it is closed", async () => {
    const { connection, peer } = await dialled();
    const coming = once(peer, "data");
    const closing = once(peer, "close");
    expect(connection.send(Uint8Array.of(9))).toBe(true);
    await connection[Symbol.asyncDispose]();
    expect((await coming)[0]).toEqual(Buffer.of(9));
    await closing;
  });

  test("does not send to who does not take it; ends when it is broken off", async () => {
    const { connection, peer } = await dialled();
    peer.pause();
    await eventually("no more room", () => isFull(connection));
    peer.resetAndDestroy();
    await eventually("its end", () => connection.signal.aborted);
    for await (const _ of connection.data) throw new Error("nothing came");
  });

  test("that nobody accepts, or that is not wanted any more, fails", async () => {
    await expect(media.dial(`${address}:8014`, signal)).rejects.toMatchObject({ fault: "unreachable" });
    await expect(media.dial(there, AbortSignal.abort(new Error("no call")))).rejects.toThrow("no call");
    await expect(media.dial("nobody.invalid:1", signal)).rejects.toMatchObject({ fault: "unreachable" });
  });
});
