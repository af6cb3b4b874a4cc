import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { Delivery } from "../../src/ports/delivery-store.ts";
import type { DeliveryRequest } from "../../src/ports/outbox.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { opener } from "./storage-opened.ts";
import { sampleDelivery, sampleFact, sampleFrame, samplePosition, sampleRun } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

type WebhookDelivery = Delivery<DeliveryRequest>;

export function deliveryTests(harness: StorageHarness): void {
  describe("deliveries", () => {
    const { open, openWithEngine } = opener(harness);

    test("what a run wants sent is stored with its state, or not at all", async () => {
      const storage = await open();
      const delivery = await put(storage, {});
      const missing = sampleDelivery();
      const save = storage.activeflows.save("nobody", { position: samplePosition(2), deliveries: [missing] }, []);
      await expect(save).rejects.toThrow();
      expect(await claim(storage, 0)).toEqual([{ ...delivery, attempts: 1 }]);
    });

    test("what is stored twice is there once", async () => {
      const storage = await open();
      const delivery = await put(storage, {});
      await put(storage, delivery);
      expect(await claim(storage, 0)).toHaveLength(1);
    });

    test("one that is taken is nobody else's until its time is over; each attempt counts", async () => {
      const storage = await open();
      const { id } = await put(storage, {});
      expect(await idsClaimed(storage, 0)).toEqual([id]);
      expect(await idsClaimed(storage, 9)).toEqual([]);
      expect(await claim(storage, 10)).toMatchObject([{ id, attempts: 2 }]);
    });

    test("those of one lane are taken one after the other, in the order in which they were stored", async () => {
      const storage = await open();
      const [first, second] = [await put(storage, { lane: "a" }), await put(storage, { lane: "a" })];
      const other = await put(storage, { lane: "b" });
      expect(await idsClaimed(storage, 0)).toEqual([first.id, other.id]);
      await storage.deliveries.postponed(first.id, 100, []);
      expect(await idsClaimed(storage, 50)).toEqual([other.id]);
      expect(await idsClaimed(storage, 100)).toEqual([other.id, first.id]);
      await storage.deliveries.delivered(first.id, []);
      expect(await idsClaimed(storage, 101)).toEqual([second.id]);
    });

    test("a dead letter is kept, out of the way of its lane", async () => {
      const storage = await open();
      const [dead, next] = [await put(storage, { lane: "a" }), await put(storage, { lane: "a" })];
      await claim(storage, 0);
      await storage.deliveries.givenUp(dead.id, []);
      expect(await idsClaimed(storage, 1_000)).toEqual([next.id]);
      expect(await storage.deliveries.deadLetters(dead.customer_id)).toEqual([{ ...dead, attempts: 1 }]);
      expect(await storage.deliveries.deadLetters(next.customer_id)).toEqual([]);
    });

    test("what becomes of one is stored with the facts about it", async () => {
      const storage = await open();
      const { id, activeflow_id } = await put(storage, {});
      const facts = [1, 2, 3].map((attempt) => sampleFact({ activeflow_id }, { attempt }));
      await storage.deliveries.postponed(id, 0, facts.slice(0, 1));
      await storage.deliveries.givenUp(id, facts.slice(1, 2));
      await storage.deliveries.delivered(id, facts.slice(2));
      expect(await storage.timeline.ofActiveflow(activeflow_id ?? "")).toEqual(facts);
    });

    test("no more are taken than asked for, the longest waiting first", async () => {
      const storage = await open();
      const late = await put(storage, { createdAtMs: 3 });
      const early = [await put(storage, { createdAtMs: 1 }), await put(storage, { createdAtMs: 2 })];
      const claimed = await storage.deliveries.claim({ nowMs: 5, untilMs: 15, most: 2 });
      expect(claimed.map(({ id }) => id)).toEqual(early.map(({ id }) => id));
      expect(await idsClaimed(storage, 5)).toEqual([late.id]);
    });

    test("two processes that take at once share them", async () => {
      const url = await harness.emptyDatabase();
      const [one, other] = [await open(url), await open(url)];
      const stored = await Promise.all(Array.from({ length: 100 }, () => put(one, {})));
      const most = { nowMs: 0, untilMs: 10, most: 30 };
      const taken = await Promise.all([one, other, one, other].map(({ deliveries }) => deliveries.claim(most)));
      const rest = await one.deliveries.claim({ ...most, most: 100 });
      const all = [...taken.flat(), ...rest].map(({ id }) => id);
      expect(new Set(all).size).toBe(all.length);
      expect(all.toSorted()).toEqual(stored.map(({ id }) => id).toSorted());
    });

    test("a damaged one does not keep others from being taken", async () => {
      const { storage, engine } = await openWithEngine();
      const [damaged, sound] = [await put(storage, {}), await put(storage, {})];
      await sql`update deliveries set request = '{' where id = ${damaged.id}`.execute(engine.writer);
      expect(await idsClaimed(storage, 0)).toEqual([sound.id]);
    });
  });
}

/** Stores a delivery with a save of a run. */
async function put({ activeflows }: Storage, changes: Partial<WebhookDelivery>): Promise<WebhookDelivery> {
  const run = sampleRun();
  const delivery = sampleDelivery({ activeflow_id: run.id, ...changes });
  await activeflows.create(run, sampleFrame(), []);
  await activeflows.save(run.id, { deliveries: [delivery] }, []);
  return delivery;
}

const claim = ({ deliveries }: Storage, nowMs: number) => deliveries.claim({ nowMs, untilMs: nowMs + 10, most: 10 });
const idsClaimed = async (storage: Storage, nowMs: number) => (await claim(storage, nowMs)).map(({ id }) => id);
