import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { StorageError } from "../../src/ports/storage-error.ts";
import type { TimelineStore } from "../../src/ports/timeline-store.ts";
import { opener } from "./storage-opened.ts";
import { sampleFact, sampleFlow, sampleFrame, samplePosition, sampleRun } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function faultTests(harness: StorageHarness): void {
  describe("faults", () => {
    const { open, openWithEngine } = opener(harness);

    test.each(["full", "read_only"] as const)(
      "when writing fails because it is %s, everyone is told, until it is not",
      async (fault) => {
        const { storage, engine } = await openWithEngine();
        const { activeflows, timeline } = storage;
        const run = sampleRun();
        await activeflows.create(run, sampleFrame(), []);
        expect(await storage.check()).toBeUndefined();

        const repair = await harness.breakWriting[fault](engine);
        await fill(timeline);
        const fact = sampleFact({ activeflow_id: run.id }, { text: "x".repeat(20_000) });
        const saves = [2, 3].map((step) => activeflows.save(run.id, { position: samplePosition(step) }, [fact]));
        for (const outcome of await Promise.allSettled(saves)) {
          expect(outcome).toMatchObject({ status: "rejected", reason: { name: "StorageError", fault } });
        }
        expect(await storage.check()).toMatchObject({ fault });
        expect(await activeflows.get(run.id)).toEqual(run);
        expect(await timeline.ofActiveflow(run.id)).toEqual([]);

        await repair();
        expect(await storage.check()).toBeUndefined();
        await activeflows.save(run.id, { position: samplePosition(4) }, [fact]);
        expect((await activeflows.get(run.id))?.position.steps).toBe(4);
        expect(await timeline.ofActiveflow(run.id)).toEqual([fact]);
      },
    );

    test("a damaged record is reported, and others go on without it", async () => {
      const { storage, engine } = await openWithEngine();
      const [damaged, sound] = [sampleRun(), sampleRun()];
      for (const run of [damaged, sound]) await storage.activeflows.create(run, sampleFrame(), []);
      await sql`update activeflows set position = '{"frames":' where id = ${damaged.id}`.execute(engine.writer);
      await expect(storage.activeflows.get(damaged.id)).rejects.toMatchObject({ fault: "corrupt" });
      expect(await storage.activeflows.running()).toEqual([sound]);
    });

    test("a storage that is closed refuses, after it has written what was asked for before", async () => {
      const url = await harness.emptyDatabase();
      const storage = await open(url);
      const flow = sampleFlow();
      const created = storage.flows.create(flow);
      await storage.close();
      await created;
      await expect(storage.flows.create(sampleFlow())).rejects.toThrow(StorageError);
      const reopened = await open(url);
      expect(await reopened.flows.get(flow.id)).toEqual(flow);
      expect(reopened.defaultCustomerId).toBe(storage.defaultCustomerId);
    });
  });
}

const MANY_FACTS = 100;

/** Uses up the room that may be left, until a write is refused. */
async function fill({ append }: TimelineStore): Promise<void> {
  const fact = sampleFact({}, { text: "x".repeat(20_000) });
  const filling = Array.from({ length: MANY_FACTS }, () => append([fact]));
  const outcomes = await Promise.allSettled(filling);
  expect(outcomes.at(-1)?.status).toBe("rejected");
}
