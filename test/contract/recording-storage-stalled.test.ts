import { buffer } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { s3Recordings } from "../../src/storage/recordings/s3-recordings.ts";
import { never } from "./media-parts.ts";
import { fileOf } from "./recording-storage-suite.ts";
import { type Stall, startStallingServer } from "./stalling-server.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret");

const IDLE = { idleMs: 200, answerMs: 60_000 };
const LATE = { idleMs: 60_000, answerMs: 300 };
const AWAY = { fault: "unavailable", message: "recordings in S3: no answer in time" };
/** More than the buffers between two processes hold. */
const LARGE = 20_000_000;

async function stalled(stall: Stall, patience: typeof IDLE) {
  const endpoint = await startStallingServer(stall);
  return s3Recordings({ bucket: "calls", prefix: "", endpoint, pathStyle: true, patience });
}

test.each([
  ["silent", 1_000, IDLE],
  ["deaf", LARGE, IDLE],
  ["silent", 1_000, LATE],
] as const)("a %s server is given up by who wants to store %d bytes, patient as %o", async (stall, size, patience) => {
  const { put } = await stalled(stall, patience);
  await expect(put("a.wav", await fileOf(Buffer.alloc(size)), never)).rejects.toMatchObject(AWAY);
});

test("a large file has the time that it needs", async () => {
  const { put } = await stalled("silent", { idleMs: 60_000, answerMs: 10 });
  const path = await fileOf(Buffer.alloc(32_000));
  const began = performance.now();
  await expect(put("a.wav", path, never)).rejects.toMatchObject(AWAY);
  expect(performance.now() - began).toBeGreaterThan(1_900);
});

test.each([
  ["idle", IDLE],
  ["late", LATE],
])("a silent server is given up by who wants to read, or remove: %s", async (_name, patience) => {
  const { open, remove } = await stalled("silent", patience);
  await expect(open("a.wav")).rejects.toMatchObject(AWAY);
  await expect(remove("a.wav")).rejects.toMatchObject(AWAY);
});

test("a server that stops in the middle of its answer is given up", async () => {
  const { open } = await stalled("halting", IDLE);
  await expect(buffer(await open("a.wav"))).rejects.toMatchObject(AWAY);
});

test("what has begun to be read is not cut off by the time for an answer", async () => {
  const { open } = await stalled("halting", { idleMs: 900, answerMs: 200 });
  const began = performance.now();
  await expect(buffer(await open("a.wav"))).rejects.toMatchObject(AWAY);
  expect(performance.now() - began).toBeGreaterThan(800);
});
