import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Conversation, dialogIdOf } from "../../src/model/conversation.ts";
import { type Message, newMessage } from "../../src/model/message.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { opener } from "./storage-opened.ts";
import { at, sampleFact, sampleFrame, samplePosition, sampleRun } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function messageTests(harness: StorageHarness): void {
  describe("messages and conversations", () => {
    const { open } = opener(harness);

    test("a message comes with one delivery for each target, in order for each of them", async () => {
      const storage = await open();
      const [first, second] = [sampleMessage(), sampleMessage()];
      await storage.messages.create(first);
      await storage.messages.create({ ...second, customer_id: first.customer_id });
      expect(await storage.messages.get(first.id, first.customer_id)).toEqual(first);
      expect(await storage.messages.get(first.id, second.customer_id)).toBeUndefined();
      const claimed = await claim(storage);
      expect(claimed.map(({ request }) => request)).toEqual([
        { message_id: first.id, target: 0 },
        { message_id: first.id, target: 1 },
      ]);
    });

    test("what a run wants written is stored with its state, or not at all", async () => {
      const storage = await open();
      const [kept, lost] = [sampleMessage(), sampleMessage()];
      const run = sampleRun();
      await storage.activeflows.create(run, sampleFrame(), []);
      await storage.activeflows.save(run.id, { position: samplePosition(2), messages: [kept] }, []);
      const save = storage.activeflows.save("nobody", { position: samplePosition(2), messages: [lost] }, []);
      await expect(save).rejects.toThrow();
      expect(await storage.messages.get(kept.id)).toEqual(kept);
      expect(await storage.messages.get(lost.id)).toBeUndefined();
      expect(await claim(storage)).toHaveLength(2);
    });

    test("a target is settled once, its delivery goes, and the message is done when the last one is", async () => {
      const storage = await open();
      const message = sampleMessage({ activeflow_id: randomUUID() });
      await storage.messages.create(message);
      const facts = [sampleFact({ activeflow_id: message.activeflow_id }, { target: 0 })];
      await storage.messages.settle(message, 0, { status: "sent", error: null }, facts);
      expect(await storage.messages.settle(message, 0, { status: "sent", error: null }, facts)).toBeUndefined();
      expect(await storage.messages.get(message.id)).toMatchObject({ status: "progressing" });
      await storage.messages.settle(message, 1, { status: "failed", error: "away" }, []);
      expect(await storage.messages.get(message.id)).toMatchObject({
        status: "done",
        targets: [
          { status: "sent", error: null },
          { status: "failed", error: "away" },
        ],
      });
      expect(await claim(storage)).toEqual([]);
      expect(await storage.timeline.ofActiveflow(message.activeflow_id ?? "")).toHaveLength(1);
    });

    test("what is sent may still arrive or fail, once, and keeps the gateway's name for it", async () => {
      const storage = await open();
      const message = sampleMessage();
      await storage.messages.create(message);
      expect(await storage.messages.begin(message.id, 0, at(1))).toBe(at(1));
      expect(await storage.messages.begin(message.id, 0, at(2))).toBe(at(1));
      const settle = (target: number, status: "sent" | "delivered" | "failed", reference?: string) =>
        storage.messages.settle(message, target, { status, error: null, ...(reference ? { reference } : {}) }, []);
      await settle(0, "sent", "theirs");
      await settle(0, "delivered");
      expect(await settle(0, "failed")).toBeUndefined();
      await settle(1, "sent");
      await settle(1, "failed");
      expect(await settle(1, "delivered")).toBeUndefined();
      expect(await storage.messages.get(message.id)).toMatchObject({
        status: "done",
        targets: [
          { status: "delivered", reference: "theirs", tm_sending: at(1) },
          { status: "failed", reference: null, tm_sending: null },
        ],
      });
    });

    test("whose report is due comes up again then, unless it has come; and waits in nobody's way", async () => {
      const storage = await open();
      const [message, later] = [sampleMessage(), sampleMessage()];
      await storage.messages.create(message);
      await claim(storage);
      const due = { status: "sent", error: null, reportDueAtMs: Date.parse(at(10_000)) } as const;
      for (const target of [0, 1]) await storage.messages.settle(message, target, due, []);
      await storage.messages.create({ ...later, customer_id: message.customer_id });
      expect(await claim(storage)).toHaveLength(2);
      await storage.messages.settle(message, 0, { status: "delivered", error: null }, []);
      const nowMs = Date.parse(at(10_000));
      const claimed = await storage.deliveries.claim({ nowMs, untilMs: nowMs + 1, most: 10 });
      expect(claimed.map(({ request }) => request)).toContainEqual({
        message_id: message.id,
        target: 1,
        awaits: "report",
      });
      expect(claimed.filter(({ request }) => "awaits" in request)).toHaveLength(1);
      expect((await storage.messages.get(message.id))?.targets[1]).not.toHaveProperty("reportDueAtMs");
    });

    test("what came in is delivered to nobody, and is found by its conversation", async () => {
      const storage = await open();
      const conversation_id = randomUUID();
      const incoming = sampleMessage({ conversation_id, direction: "incoming", status: "done" });
      const targets = incoming.targets.map((target) => ({ ...target, status: "received" as const }));
      await storage.messages.create({ ...incoming, targets });
      await storage.messages.create({ ...incoming, targets });
      await storage.messages.create(sampleMessage({ customer_id: incoming.customer_id }));
      const { result } = await storage.messages.list(incoming.customer_id, { pageSize: 9 }, { conversation_id });
      expect(result.map(({ id }) => id)).toEqual([incoming.id]);
      expect((await claim(storage)).every(({ request }) => "message_id" in request)).toBe(true);
      expect(await storage.messages.remove(incoming.id, randomUUID())).toBe(false);
      expect(await storage.messages.remove(incoming.id, incoming.customer_id)).toBe(true);
    });

    test("two parties have one conversation, whoever asks for it at the same time", async () => {
      const { conversations } = await open();
      const one = sampleConversation();
      const others = Array.from({ length: 8 }, () => ({ ...one, id: randomUUID() }));
      const made = await Promise.all([one, ...others].map((each) => conversations.ensure(each)));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      const elsewhere = sampleConversation({ customer_id: randomUUID() });
      expect(await conversations.ensure(elsewhere)).toEqual(elsewhere);
      await expect(conversations.create({ ...one, id: randomUUID() })).rejects.toMatchObject({ fault: "conflict" });
    });
  });
}

const claim = (storage: Storage) =>
  storage.deliveries.claim({ nowMs: Date.parse(at(0)) + 1_000, untilMs: Date.parse(at(0)) + 60_000, most: 10 });

const sip = (target: string) => ({ type: "sip", target }) as const;

const sampleMessage = (changes: Partial<Message> = {}): Message => ({
  ...newMessage(
    { source: sip("us@a.test"), destinations: [sip("a@a.test"), sip("b@a.test")], text: "ünï€ 😀" },
    { id: randomUUID(), customer_id: randomUUID(), activeflow_id: null, call_id: null, tm_create: at(0) },
  ),
  ...changes,
});

const sampleConversation = (changes: Partial<Conversation> = {}): Conversation => ({
  id: randomUUID(),
  customer_id: randomUUID(),
  name: "",
  detail: "",
  type: "message",
  dialog_id: dialogIdOf(sip("us@a.test"), sip("a@a.test")),
  self: sip("us@a.test"),
  peer: sip("a@a.test"),
  tm_create: at(0),
  tm_update: at(0),
  ...changes,
});
