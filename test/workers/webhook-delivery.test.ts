import { beforeEach, expect, test } from "vitest";
import type { Clock } from "../../src/ports/clock.ts";
import type { FlowAnswer, FlowRequest } from "../../src/ports/flow-requests.ts";
import { OutboundError, type OutboundFault } from "../../src/ports/outbound-http.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { announcingDeliveries, type WebhookDelivery, webhookDelivery } from "../../src/workers/webhook-delivery.ts";
import { sampleDelivery, sampleFrame, sampleRun } from "../contract/storage-samples.ts";
import { eventually } from "../support/eventually.ts";

const DAY_MS = 86_400_000;
/** How often the worker looks for what is due. */
const LOOK_MS = 1_000;
const messages = { deliver: () => Promise.reject(new Error("there is none")) };
const log = { info() {}, warn() {}, error() {} };
let storage: Storage;
let worker: WebhookDelivery;
let time: ReturnType<typeof handClock>;
let server: ReturnType<typeof fakeServer>;
const run = sampleRun();

beforeEach(async () => {
  time = handClock();
  server = fakeServer();
  const opened = await openStorage("sqlite::memory:", { log, clock: time.clock });
  worker = webhookDelivery({ deliveries: opened.deliveries, http: server, messages, clock: time.clock, log });
  storage = announcingDeliveries(opened, worker.wake);
  await storage.activeflows.create(run, sampleFrame(), []);
  worker.start();
  return async () => {
    await worker.stop();
    await opened.close();
  };
});

test("what is stored is sent at once, under its own id, and forgotten when it has arrived", async () => {
  await put("first");
  await eventually("the delivery", () => server.seen.length === 1);
  expect(server.seen[0]).toMatchObject({
    url: "https://a.test/hook",
    body: "first",
    idempotencyKey: "first",
    tries: 1,
    headers: { "content-type": "text/plain", "x-ringdown-delivery": "first", "x-ringdown-attempt": "1" },
  });
  expect(await facts(1)).toEqual([["webhook_delivered", { host: "a.test", status: 200, attempts: 1 }]]);
  await time.pass(DAY_MS);
  expect(server.seen).toHaveLength(1);
});

test("a server that is away is tried again after growing delays, and the attempts are counted", async () => {
  server.answers = ["unreachable", 503, 429, "timeout", 204];
  await put("one");
  for (const [failures, delayMs] of [1_000, 2_000, 4_000, 8_000].entries()) {
    await facts(failures + 1);
    await time.pass(delayMs - 1);
    expect(server.seen).toHaveLength(failures + 1);
    await time.pass(LOOK_MS);
    await eventually("the next attempt", () => server.seen.length === failures + 2);
  }
  const attempts = server.seen.map(({ headers }) => headers?.["x-ringdown-attempt"]);
  expect(attempts).toEqual(["1", "2", "3", "4", "5"]);
  expect((await facts(5)).map(([type, { reason, status }]) => [type, reason ?? status])).toEqual([
    ["webhook_failed", "unreachable"],
    ["webhook_failed", "answered 503"],
    ["webhook_failed", "answered 429"],
    ["webhook_failed", "timeout"],
    ["webhook_delivered", 204],
  ]);
});

test("those of one lane arrive in order, also when the first one fails first", async () => {
  server.answers = [500, 200, 200];
  await put("first");
  await put("second");
  await facts(1);
  await time.pass(1_000);
  await eventually("all attempts", () => server.seen.length === 3);
  expect(server.seen.map(({ body }) => body)).toEqual(["first", "first", "second"]);
});

test("another lane does not wait for a server that is away", async () => {
  server.answers = ["unreachable", 200];
  await put("first");
  await put("second", "another lane");
  await eventually("both", () => server.seen.length === 2);
});

test.each([["refused"], [404], [302]] as const)("what fails with %s is given up at once", async (answer) => {
  server.answers = [answer];
  await put("bad");
  const [[type, data] = []] = await facts(1);
  expect(type).toBe("webhook_failed");
  expect(data).toMatchObject({
    host: "a.test",
    attempts: 1,
    next_attempt_at: null,
    remedy: expect.stringMatching(/\w+ \w+/),
  });
  expect(await storage.deliveries.deadLetters(run.customer_id)).toMatchObject([{ id: "bad", attempts: 1 }]);
});

test("after a day it becomes a dead letter", async () => {
  server.otherwise = 500;
  await put("late");
  for (let hour = 0; hour < 24; hour++) {
    await facts(hour + 1);
    expect(await storage.deliveries.deadLetters(run.customer_id)).toEqual([]);
    await time.pass(3_600_000);
  }
  const [, data] = (await facts(25)).at(-1) ?? [];
  expect(data).toMatchObject({ attempts: 25, next_attempt_at: null });
  expect(await storage.deliveries.deadLetters(run.customer_id)).toHaveLength(1);
});

test("what a process was sending when it died is sent by the next one", async () => {
  server.hangs = true;
  await put("one");
  await eventually("the first attempt", () => server.seen.length === 1);
  await worker.stop();
  server.hangs = false;
  worker = webhookDelivery({ deliveries: storage.deliveries, http: server, messages, clock: time.clock, log });
  worker.start();
  await time.pass(11_999);
  expect(server.seen).toHaveLength(1);
  await time.pass(LOOK_MS);
  await eventually("the second attempt", () => server.seen.length === 2);
  expect(server.seen[1]).toMatchObject({ idempotencyKey: "one", headers: { "x-ringdown-attempt": "2" } });
});

async function put(id: string, lane = "lane"): Promise<void> {
  const request = { ...sampleDelivery().request, body: id };
  const about = { customer_id: run.customer_id, activeflow_id: run.id, createdAtMs: time.clock.now() };
  await storage.activeflows.save(run.id, { deliveries: [sampleDelivery({ id, lane, request, ...about })] }, []);
}

const facts = (atLeast: number) =>
  eventually("the facts", async () => {
    const found = await storage.timeline.ofActiveflow(run.id);
    return found.length >= atLeast ? found.map(({ type, data }) => [type, data] as const) : undefined;
  });

type Answer = number | OutboundFault;

/** Answers what it is told to, one after the other, then always the same; remembers what it was asked. */
function fakeServer() {
  const server = {
    seen: [] as FlowRequest[],
    answers: [] as Answer[],
    otherwise: 200 as Answer,
    hangs: false,
    async send(request: FlowRequest, signal: AbortSignal): Promise<FlowAnswer> {
      server.seen.push(request);
      if (server.hangs) {
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      }
      const answer = server.answers.shift() ?? server.otherwise;
      if (typeof answer === "string") throw new OutboundError("a.test", answer, answer);
      return { status: answer, body: new Uint8Array(), tries: 1 };
    },
  };
  return server;
}

/** A clock that goes on by hand. */
function handClock() {
  let nowMs = 0;
  const waiting = new Set<() => void>();
  const clock: Clock = {
    now: () => nowMs,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (signal.aborted) reject(signal.reason);
          else if (nowMs < atMs) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener("abort", look);
        look();
      }),
  };
  return {
    clock,
    async pass(byMs: number): Promise<void> {
      nowMs += byMs;
      for (const look of [...waiting]) look();
      // Whatever that set free reads the storage within this.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
