import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Address } from "../../src/model/address.ts";
import { type MessageOrder, newMessage } from "../../src/model/message.ts";
import type { SmsGateway, SmsOutcome, SmsState } from "../../src/ports/sms-gateway.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import type { AnswerLoops } from "../../src/workers/answer-loops.ts";
import { bySms } from "../../src/workers/by-sms.ts";
import { messageDelivery, type Way } from "../../src/workers/message-delivery.ts";
import { smsInbox } from "../../src/workers/sms-inbox.ts";
import { sampleNumber } from "../contract/storage-samples.ts";

/** What to do, in words. */
const remedy = expect.stringMatching(/\w+ \w+/);
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);
const RUN = randomUUID();
const never = new AbortController().signal;
const log = { info() {}, warn() {}, error() {} };
const tel = (target: string): Address => ({ type: "tel", target });
const accepted: SmsOutcome = { kind: "accepted", reference: "theirs" };

type Choice = {
  readonly outcomes?: readonly SmsOutcome[];
  readonly find?: SmsGateway["find"];
  readonly source?: Address;
  readonly sender?: string;
  readonly way?: Way;
  readonly loops?: AnswerLoops;
  readonly reportWithinMs?: number;
};

/** Nobody answers anybody automatically. */
const noLoops: AnswerLoops = { count: async () => ({ hops: 0 }) };

/** One message to one number, and a gateway that answers each attempt as told. */
async function start({
  outcomes = [accepted],
  find,
  source = tel("+491"),
  sender,
  way,
  loops = noLoops,
  reportWithinMs,
}: Choice = {}) {
  let nowMs = START_MS;
  const clock = { now: () => nowMs, sleepUntil: () => Promise.reject(new Error("nothing sleeps here")) };
  const storage = await openStorage("sqlite::memory:", { log, clock });
  const sent: string[] = [];
  const gateway: SmsGateway = {
    name: "ours",
    thanks: { contentType: "", body: "" },
    read: ({ body }) => {
      const status = body as SmsState["status"];
      return { kind: "state", key: `${message.id}.0`, reference: null, state: { status, error: null } };
    },
    async send({ from, to, key }) {
      sent.push(`${from} ${to} ${key}`);
      return outcomes[sent.length - 1] ?? accepted;
    },
    ...(find ? { find } : {}),
  };
  const { messages: store, numbers } = storage;
  const sms = bySms({ gateway, sender, allowed: ["+49"], numbers, store, clock, reportWithinMs });
  const inbox = smsInbox({ gateway, takeText: async () => {}, store, clock, reportWithinMs, log });
  const delivery = messageDelivery({ store, ways: { tel: way ?? sms }, loops, clock, log });
  const order: MessageOrder = { source, destinations: [tel("+4930123456")], text: "hello" };
  const message = newMessage(order, {
    id: randomUUID(),
    customer_id: randomUUID(),
    activeflow_id: RUN,
    call_id: null,
    tm_create: new Date(START_MS).toISOString(),
  });
  await store.create(message);
  return {
    sent,
    message,
    numbers,
    pass: (ms: number) => {
      nowMs += ms;
    },
    async attempt() {
      const [claimed] = await storage.deliveries.claim({ nowMs, untilMs: nowMs, most: 1 });
      if (!claimed || !("message_id" in claimed.request)) return "gone";
      return delivery.deliver({ ...claimed, request: claimed.request }, never);
    },
    remove: () => store.remove(message.id, message.customer_id),
    report: (status: SmsState["status"]) =>
      inbox.take({ about: "state", key: undefined, path: "/", headers: {}, body: status }),
    facts: () => storage.timeline.ofActiveflow(RUN),
    target: async () => (await store.get(message.id))?.targets[0],
  };
}

test("a text that was taken is not given again, and keeps the gateway's name for it", async () => {
  const { attempt, target, sent, message } = await start();
  expect([await attempt(), await attempt()]).toEqual(["settled", "gone"]);
  expect(sent).toEqual([`+491 +4930123456 ${message.id}.0`]);
  expect(await target()).toMatchObject({ status: "sent", reference: "theirs" });
});

test("a text that was removed before it was sent is not sent", async () => {
  const { attempt, remove, sent } = await start();
  await remove();
  expect([await attempt(), await attempt()]).toEqual(["settled", "gone"]);
  expect(sent).toEqual([]);
});

test("before it is given again, the gateway is asked whether it has it, since the first attempt", async () => {
  const asked: number[] = [];
  const find: SmsGateway["find"] = async (_sms, sinceMs) => {
    asked.push(sinceMs);
    return asked.length > 1 ? { reference: "found" } : undefined;
  };
  const unsure: SmsOutcome = { kind: "unsure", why: "no answer" };
  const { attempt, pass, sent, target } = await start({ outcomes: [unsure, unsure], find });
  expect(await attempt()).toBe("again");
  pass(1_000);
  expect(await attempt()).toBe("again");
  pass(2_000);
  expect(await attempt()).toBe("settled");
  expect(asked).toEqual([START_MS, START_MS]);
  expect(sent).toHaveLength(2);
  expect(await target()).toMatchObject({ status: "sent", reference: "found" });
});

test("while the gateway can't be asked, nothing is given to it again", async () => {
  const find = () => Promise.reject(new Error("away"));
  const { attempt, sent } = await start({ outcomes: [{ kind: "unsure", why: "no answer" }], find });
  expect([await attempt(), await attempt(), await attempt()]).toEqual(["again", "again", "again"]);
  expect(sent).toHaveLength(1);
});

test("after an hour it is given up, and says that it may be out", async () => {
  const { attempt, pass, report, target, facts } = await start({
    outcomes: [accepted, accepted].map(() => ({ kind: "unsure", why: "x" })),
  });
  expect(await attempt()).toBe("again");
  pass(HOUR_MS);
  expect(await attempt()).toBe("settled");
  expect(await target()).toMatchObject({ status: "gw_timeout", error: "x; it may have been sent all the same" });
  expect(await facts()).toMatchObject([{ type: "message_failed", data: { provider: expect.any(String), remedy } }]);
  await report("sent");
  expect(await target()).toMatchObject({ status: "gw_timeout" });
  await report("delivered");
  expect(await target()).toMatchObject({ status: "delivered", error: null });
});

test("without a report in time it is a dlr_timeout, once; a report that comes later still counts", async () => {
  const { attempt, pass, report, target, facts } = await start({ reportWithinMs: HOUR_MS });
  expect(await attempt()).toBe("settled");
  pass(HOUR_MS - 1);
  expect(await attempt()).toBe("gone");
  expect(await target()).toMatchObject({ status: "sent", reference: "theirs", provider: "ours", awaits_report: true });
  pass(1);
  expect([await attempt(), await attempt()]).toEqual(["settled", "gone"]);
  expect(await target()).toMatchObject({
    status: "dlr_timeout",
    error: "the gateway has not said what became of it",
    ...{ remedy, provider: "ours", awaits_report: false },
    reference: "theirs",
  });
  await report("sent");
  expect(await target()).toMatchObject({ status: "dlr_timeout" });
  await report("delivered");
  expect(await target()).toMatchObject({
    ...{ status: "delivered", error: null, remedy: null },
    reference: "theirs",
  });
  expect((await facts()).map(({ type }) => type)).toEqual(["message_sent", "message_dlr_timeout", "message_delivered"]);
});

test("after a report nothing is awaited any more; nor where nobody reports", async () => {
  const reported = await start({ reportWithinMs: HOUR_MS });
  await reported.attempt();
  await reported.report("delivered");
  const unreported = await start();
  await unreported.attempt();
  expect(await unreported.target()).toMatchObject({ status: "sent", awaits_report: false });
  for (const { pass, attempt } of [reported, unreported]) {
    pass(100 * HOUR_MS);
    expect(await attempt()).toBe("gone");
  }
  expect([await reported.target(), await unreported.target()]).toMatchObject([
    { status: "delivered" },
    { status: "sent" },
  ]);
});

test("a report that a text is taken, which comes before the answer that says so, begins the wait as well", async () => {
  const { attempt, pass, report, target } = await start({ reportWithinMs: HOUR_MS });
  await report("sent");
  expect(await attempt()).toBe("gone");
  pass(HOUR_MS);
  expect(await attempt()).toBe("settled");
  expect(await target()).toMatchObject({ status: "dlr_timeout" });
});

test("who sends is the source, else the setting; nobody, or somebody else's number, is told", async () => {
  const byDefault = await start({ source: { type: "sip", target: "ringdown" }, sender: "+499" });
  await byDefault.attempt();
  expect(byDefault.sent[0]).toMatch(/^\+499 /);
  const nobody = await start({ source: { type: "sip", target: "ringdown" } });
  await nobody.attempt();
  expect((await nobody.target())?.error).toContain("RINGDOWN_SMS_FROM");
  const stolen = await start();
  await stolen.numbers.create(sampleNumber("+491", { customer_id: randomUUID() }));
  await stolen.attempt();
  expect([(await stolen.target())?.error, stolen.sent]).toEqual(["the source is a number of somebody else", []]);
});

test("a fault of ours is tried again like any other, and ends with the hour", async () => {
  const { attempt, pass, target } = await start({ way: () => Promise.reject(new TypeError("oops")) });
  expect(await attempt()).toBe("again");
  pass(HOUR_MS);
  expect(await attempt()).toBe("settled");
  expect(await target()).toMatchObject({ status: "failed", error: expect.stringContaining("fault of Ringdown") });
});

test("an answer that would go round in circles is not sent, and says why", async () => {
  const loops: AnswerLoops = { count: async () => ({ why: "round in circles" }) };
  const { attempt, sent, target, facts } = await start({ loops });
  expect(await attempt()).toBe("settled");
  expect([sent, await target()]).toMatchObject([[], { status: "failed", error: "round in circles" }]);
  expect(await facts()).toMatchObject([{ type: "message_failed", data: { reason: "round in circles", remedy } }]);
});

test("only what is sent for the first time counts; its way is told what it counts", async () => {
  const asked: boolean[] = [];
  const told: number[] = [];
  const loops: AnswerLoops = {
    async count(_message, _destination, isNew) {
      asked.push(isNew);
      return { hops: 3 };
    },
  };
  const way: Way = async ({ hops }) => {
    told.push(hops);
    return { status: "failed", error: "busy", mayPass: true };
  };
  const { attempt } = await start({ loops, way });
  await attempt();
  await attempt();
  expect([asked, told]).toEqual([
    [true, false],
    [3, 3],
  ]);
});
