import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OutboundRequest, OutboundResponse } from "../../src/ports/outbound-http.ts";
import { addressPolicy } from "../../src/providers/outbound/address-policy.ts";
import { outboundHttp } from "../../src/providers/outbound/outbound-http.ts";
import { type AudioServer, endless, redirect, silent, stalled, startAudioServer } from "../support/audio-server.ts";
import { nextAddress } from "../support/loopback.ts";
import { DISGUISED_HOSTS } from "./addresses.ts";

const address = nextAddress();
const elsewhere = nextAddress();
const port = 8010;
const signal = new AbortController().signal;
const http = outboundHttp(addressPolicy(address));
let server: AudioServer;
let other: AudioServer;

beforeAll(async () => {
  server = await startAudioServer(address, port);
  other = await startAudioServer(elsewhere, port);
});
afterAll(async () => {
  await Promise.all([http.close(), server.close(), other.close()]);
});

describe("an address that may not be asked", () => {
  test.each(DISGUISED_HOSTS)("is refused as %s", (host) =>
    expect(get(`http://${host}:${port}/`)).rejects.toMatchObject({ fault: "refused" }),
  );

  test("is refused behind a redirect, and never asked", async () => {
    const url = other.serve("/secret", (_request, response) => response.end("secret"));
    await expect(get(server.serve("/away", redirect(url)))).rejects.toMatchObject({
      fault: "refused",
      host: elsewhere,
    });
    expect(other.requests(url)).toBe(0);
  });

  test("is refused when only one of a name's addresses is such", async () => {
    const both = outboundHttp(addressPolicy(address), (_name, done) =>
      done(
        null,
        [address, elsewhere].map((one) => ({ address: one, family: 4 })),
      ),
    );
    await expect(send(both, { url: `http://two.example:${port}/` })).rejects.toMatchObject({ fault: "refused" });
    await both.close();
  });

  test("gains nothing from a name that means another one the next time", async () => {
    const url = server.serve("/rebound", (_request, response) =>
      response.setHeader("connection", "close").end("public"),
    );
    const answers = [address, elsewhere];
    const rebound = outboundHttp(addressPolicy(address), (_name, done) =>
      done(null, [{ address: answers.shift() ?? elsewhere, family: 4 }]),
    );
    const request = { url: url.replace(address, "rebind.example") };
    expect((await send(rebound, request)).text).toBe("public");
    await expect(send(rebound, request)).rejects.toMatchObject({ fault: "refused" });
    await rebound.close();
  });
});

describe("a redirect", () => {
  const chain = (hops: number): string =>
    server.serve(`/hop/${hops}`, hops === 0 ? (_, response) => response.end("end") : redirect(`${hops - 1}`));

  test("is followed three times", async () => {
    for (const hops of [0, 1, 2]) chain(hops);
    expect((await get(chain(3))).text).toBe("end");
  });

  test("is followed no fourth time", async () => {
    for (const hops of [0, 1, 2, 3]) chain(hops);
    await expect(get(chain(4))).rejects.toMatchObject({ fault: "too_many_redirects" });
  });

  test("to a file is refused", () =>
    expect(get(server.serve("/file", redirect("file:///etc/passwd")))).rejects.toMatchObject({ fault: "refused" }));

  test("of a POST is the answer", async () => {
    const url = server.serve("/post", redirect("/hop/0"));
    expect((await send(http, { url, method: "POST", body: "{}" })).status).toBe(302);
  });

  test("to another server takes no headers along", async () => {
    const open = outboundHttp(addressPolicy("127.0.0.0/8"));
    const url = other.serve("/echo", (request, response) => response.end(JSON.stringify(request.headers)));
    const from = server.serve("/to-echo", redirect(url)).replace("http://", "http://user:pass@");
    const answer = await send(open, { url: from, headers: { "x-key": "secret" } });
    expect(JSON.parse(answer.text)).not.toHaveProperty("x-key");
    expect(JSON.parse(answer.text)).not.toHaveProperty("authorization");
    await open.close();
  });
});

describe("a URL", () => {
  test.each([
    "ftp://example.com/a",
    "file:///etc/passwd",
    "data:audio/wav,x",
    "not a URL",
    "",
    `http://a/${"x".repeat(9_000)}`,
  ])("like %s is refused", (url) => expect(get(url)).rejects.toMatchObject({ fault: "refused" }));

  test("with a user is asked with it", async () => {
    const url = server.serve("/who", (request, response) => response.end(request.headers.authorization));
    const answer = await get(url.replace("http://", "http://us%20er:pa%3Ass@"));
    expect(Buffer.from(answer.text.slice("Basic ".length), "base64").toString()).toBe("us er:pa:ss");
  });
});

describe("an answer", () => {
  test("that never comes is a timeout", () =>
    expect(get(server.serve("/silent", silent))).rejects.toMatchObject({ fault: "timeout" }));

  test("that may be silent for so long only is a timeout then", async () => {
    const startedMs = performance.now();
    const url = server.serve("/quiet", silent);
    await expect(send(http, { url, silenceMs: 300 })).rejects.toMatchObject({ fault: "timeout" });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test("that stops in the middle is a timeout", () =>
    expect(get(server.serve("/stalled", stalled))).rejects.toMatchObject({ fault: "timeout" }));

  test("without an end is cut off", () =>
    expect(get(server.serve("/endless", endless))).rejects.toMatchObject({ fault: "too_large" }));

  test("that says it is too large is not read", () =>
    expect(
      get(server.serve("/huge", (_, response) => response.writeHead(200, { "content-length": 1e12 }).flushHeaders())),
    ).rejects.toMatchObject({ fault: "too_large" }));

  test("that breaks off is unreachable", () =>
    expect(
      get(
        server.serve("/broken", (_, response) =>
          response.writeHead(200, { "content-length": 10 }).write("x", () => response.destroy()),
        ),
      ),
    ).rejects.toMatchObject({ fault: "unreachable" }));

  test("from nobody is unreachable", () =>
    expect(get(`http://${address}:1/`)).rejects.toMatchObject({ fault: "unreachable" }));

  test("nobody waits for any more ends with the reason", async () => {
    const controller = new AbortController();
    const arrived = new Promise<void>((resolve) => server.serve("/hung-up", () => resolve()));
    const asked = http.send(request(`http://${address}:${port}/hung-up`), read, controller.signal);
    const failed = expect(asked).rejects.toThrow("hung up");
    await arrived;
    controller.abort(new Error("hung up"));
    await failed;
  });

  test("that is not read does not hold its connection", async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const url = server.serve("/unread", (incoming, response) => {
      incoming.socket.on("close", () => resolve());
      endless(incoming, response);
    });
    await http.send(request(url), async () => undefined, signal);
    await gone;
  });
});

const request = (url: string): OutboundRequest => ({ url, deadlineMs: 1_500, maxBytes: 1_000_000 });
const read = async ({ status, headers, body }: OutboundResponse) => ({
  status,
  headers,
  text: await text(body),
});
const get = (url: string) => http.send(request(url), read, signal);
const send = (client: typeof http, given: Partial<OutboundRequest> & { url: string }) =>
  client.send({ ...request(given.url), ...given }, read, signal);
