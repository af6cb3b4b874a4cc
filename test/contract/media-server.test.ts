import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MediaServer, startMediaServer } from "../../src/http/media-server.ts";
import type { AudioStore } from "../../src/providers/audio/audio-store.ts";
import { nextAddress } from "../support/loopback.ts";
import { samplesOf, toneWav } from "../support/tones.ts";
import { never, storeIn, temporaryFolder } from "./media-parts.ts";

const host = nextAddress();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: AudioStore;
let server: MediaServer;
let id: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  store = await storeIn(folder.path);
  const source = join(folder.path, "source");
  await writeFile(source, toneWav(850));
  id = (await store.add(source, never)).id;
  server = await startMediaServer({ files: store, host, port: 0 });
});
afterAll(async () => {
  await server.close();
  await folder[Symbol.asyncDispose]();
});

describe.each(["wav", "wav16"] as const)("audio as %s", (format) => {
  test("is sent whole, and may be kept for ever", async () => {
    const stored = await readFile((await store.find(id, format)) ?? "");
    const response = await ask(`/media/${id}.${format}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "audio/vnd.wave",
      "content-length": String(stored.length),
      etag: `"${id}.${format}"`,
      "cache-control": "public, immutable, max-age=31536000",
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(stored)).toBe(true);
  });

  test("is silence under a name of its own, one packet long", async () => {
    const response = await ask(`/media/silence.${format}`);
    expect((await ask(`/media/silence-0a1b.${format}`)).status).toBe(200);
    expect(response.headers.get("content-type")).toBe("audio/vnd.wave");
    const file = Buffer.from(await response.arrayBuffer());
    expect(file.readUInt32LE(24)).toBe(format === "wav" ? 8_000 : 16_000);
    expect(samplesOf(file)).toEqual(new Int16Array(format === "wav" ? 160 : 320));
  });

  test("is described by HEAD", async () => {
    const response = await ask(`/media/${id}.${format}`, { method: "HEAD" });
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(44);
    expect(await response.text()).toBe("");
  });

  test("is not sent to one who has it", async () => {
    const headers = { "if-none-match": `"${id}.${format}"` };
    expect((await ask(`/media/${id}.${format}`, { headers })).status).toBe(304);
  });
});

test("silence is there at a rate that no phone has, too", async () => {
  const response = await ask("/media/silence.sln24");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.alloc(24 * 20 * 2));
});

test("nothing is changed through it", async () => {
  const statuses = ["POST", "PUT", "DELETE"].map(async (method) => (await ask(`/media/${id}.wav`, { method })).status);
  expect(await Promise.all(statuses)).toEqual([405, 405, 405]);
});

test.each([
  "/",
  "/media/",
  "/media/ID",
  "/media/ID.mp3",
  "/media/ID.sln24",
  "/media/silence.mp3",
  "/media/silence-../x.wav",
  "/media/ID.wav/",
  "/media/ID.wav?x",
  "/media/ID.wav%00",
  "//media/ID.wav",
  "/media/../media/ID.wav",
  "/media/./ID.wav",
  "/media/..%2f..%2fetc%2fpasswd",
  "/media/../../../../../../etc/passwd",
  "/media/....//....//etc/passwd.wav",
  "\\media\\ID.wav",
  "http://example.com/media/ID.wav",
  `/media/${"0".repeat(64)}.wav`,
  `/media/${"../".repeat(21)}a.wav`,
])("%s is not found", async (path) => {
  expect(await rawStatus(path.replace("ID", id))).toMatch(/^40[04]$/);
});

const ask = (path: string, init?: RequestInit) => fetch(`http://${host}:${server.port}${path}`, init);

/** As no well-behaved client would send it. */
async function rawStatus(path: string): Promise<string | undefined> {
  const socket = connect(server.port, host);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return (await text(socket)).split(" ")[1];
}
