import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { opener } from "./storage-opened.ts";
import { at, sampleFact, sampleFrame, sampleNumber, samplePosition, sampleRun } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function runTests(harness: StorageHarness): void {
  describe("activeflows", () => {
    const { open } = opener(harness);

    test("a run is stored with its first frame and its facts", async () => {
      const { activeflows, timeline } = await open();
      const run = sampleRun();
      const fact = sampleFact({ activeflow_id: run.id });
      await activeflows.create(run, sampleFrame(), [fact]);
      expect(await activeflows.get(run.id, run.customer_id)).toEqual(run);
      expect(await activeflows.get(run.id, sampleRun().customer_id)).toBeUndefined();
      expect(await activeflows.frames(run.id)).toEqual([sampleFrame()]);
      expect(await timeline.ofActiveflow(run.id)).toEqual([fact]);
    });

    test("a removed run is gone with its lists and the facts about it alone; those about its call stay", async () => {
      const { activeflows, timeline } = await open();
      const [run, other] = [sampleRun(), sampleRun()];
      const call_id = randomUUID();
      const facts = [sampleFact({ activeflow_id: run.id }), sampleFact({ activeflow_id: run.id, call_id })];
      await activeflows.create(run, sampleFrame(), facts);
      await activeflows.create(other, sampleFrame(), [sampleFact({ activeflow_id: other.id })]);
      expect(await activeflows.remove(run.id, randomUUID())).toBe(false);
      expect(await timeline.ofActiveflow(run.id)).toHaveLength(2);
      const isRemoved = [await activeflows.remove(run.id, run.customer_id), await activeflows.remove(run.id)];
      expect(isRemoved).toEqual([true, false]);
      expect([await activeflows.get(run.id), await activeflows.frames(run.id)]).toEqual([undefined, []]);
      expect(await timeline.ofActiveflow(run.id)).toEqual(facts.slice(1));
      expect(await timeline.ofCall(call_id)).toEqual(facts.slice(1));
      expect(await activeflows.frames(other.id)).toEqual([sampleFrame()]);
      expect(await timeline.ofActiveflow(other.id)).toHaveLength(1);
    });

    test("a save changes what it names and leaves the rest", async () => {
      const { activeflows } = await open();
      const run = sampleRun();
      await activeflows.create(run, sampleFrame(), []);
      await activeflows.save(run.id, { position: samplePosition(2), tm_update: at(1) }, []);
      await activeflows.save(run.id, { variables: { a: "b" } }, []);
      await activeflows.save(run.id, {}, []);
      const expected = { ...run, position: samplePosition(2), tm_update: at(1), variables: { a: "b" } };
      expect(await activeflows.get(run.id)).toEqual(expected);
    });

    test("a frame that is stored again stays as it is", async () => {
      const { activeflows } = await open();
      const run = sampleRun();
      await activeflows.create(run, sampleFrame(), []);
      const enteredFrames = [sampleFrame("7"), sampleFrame("9")];
      await activeflows.save(run.id, { enteredFrames }, []);
      await activeflows.save(run.id, { enteredFrames }, []);
      const frames = await activeflows.frames(run.id);
      expect(frames.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual([sampleFrame(), ...enteredFrames]);
    });

    test("saves of one run are applied in the order in which they were asked for", async () => {
      const { activeflows, timeline } = await open();
      const run = sampleRun();
      const steps = Array.from({ length: 500 }, (_, step) => step);
      const created = activeflows.create(run, sampleFrame(), []);
      const saved = steps.map((step) =>
        activeflows.save(run.id, { position: samplePosition(step) }, [sampleFact({ activeflow_id: run.id }, { step })]),
      );
      await Promise.all([created, ...saved]);
      expect((await activeflows.get(run.id))?.position.steps).toBe(499);
      expect((await timeline.ofActiveflow(run.id)).map(({ data }) => data.step)).toEqual(steps);
    });

    test("runs and resources that are changed at once are stored in the order in which they were asked for", async () => {
      const { activeflows, numbers } = await open();
      const number = sampleNumber("*");
      const run = sampleRun();
      const outcomes = await Promise.allSettled([
        numbers.create(number),
        activeflows.create(run, sampleFrame(), []),
        numbers.update(number.id, { name: "all" }),
        activeflows.save(sampleRun().id, { tm_update: at(1) }, []),
        activeflows.save(run.id, { tm_update: at(2) }, []),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([...Array(3).fill("fulfilled"), "rejected", "fulfilled"]);
      expect(await numbers.get(number.id)).toMatchObject({ name: "all" });
      expect(await activeflows.get(run.id)).toMatchObject({ tm_update: at(2) });
    });

    test("a save that fails stores neither state nor facts, and those beside it are stored", async () => {
      const { activeflows, timeline } = await open();
      const run = sampleRun();
      const missing = sampleRun();
      await activeflows.create(run, sampleFrame(), []);
      const good = [2, 3].map((step) => () => activeflows.save(run.id, { position: samplePosition(step) }, []));
      const bad = () => activeflows.save(missing.id, { tm_update: at(1) }, [sampleFact({ activeflow_id: missing.id })]);
      const outcomes = await Promise.allSettled([good[0], bad, good[1]].map((save) => save?.()));
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect((await activeflows.get(run.id))?.position.steps).toBe(3);
      expect(await timeline.ofActiveflow(missing.id)).toEqual([]);
    });

    test("a run whose facts are refused is not stored", async () => {
      const { activeflows } = await open();
      const run = sampleRun();
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      await expect(activeflows.create(run, sampleFrame(), [sampleFact({}, circular)])).rejects.toThrow();
      expect(await activeflows.get(run.id)).toBeUndefined();
    });

    test("facts about its call, another call and no call are all found", async () => {
      const { activeflows, timeline } = await open();
      const [run, other] = [sampleRun(), sampleRun({ reference_type: "api", reference_id: null })];
      const calls = [run.reference_id, "another-call", null];
      for (const each of [run, other]) {
        const facts = calls.map((call_id) => sampleFact({ activeflow_id: each.id, call_id }, { of: each.id }));
        await activeflows.create(each, sampleFrame(), facts);
        expect(await timeline.ofActiveflow(each.id)).toEqual(facts);
      }
      const ofAnother = await timeline.ofCall("another-call");
      expect(ofAnother.map(({ activeflow_id }) => activeflow_id)).toEqual([run.id, other.id]);
    });

    test("a thousand runs that save at once all arrive", async () => {
      const { activeflows } = await open();
      const runs = Array.from({ length: 1_000 }, () => sampleRun());
      await Promise.all(runs.map((run) => activeflows.create(run, sampleFrame(), [])));
      for (const step of [1, 2, 3]) {
        const facts = (id: string) => [sampleFact({ activeflow_id: id }), sampleFact({ activeflow_id: id })];
        await Promise.all(runs.map(({ id }) => activeflows.save(id, { position: samplePosition(step) }, facts(id))));
      }
      const running = await activeflows.running();
      expect(running).toHaveLength(1_000);
      expect(running.every(({ position }) => position.steps === 3)).toBe(true);
    });

    test("running activeflows are those that have not ended, oldest first", async () => {
      const { activeflows } = await open();
      const runs = [sampleRun({ tm_create: at(2) }), sampleRun({ tm_create: at(1) }), sampleRun()];
      for (const run of runs) await activeflows.create(run, sampleFrame(), []);
      const ended = { status: "ended", ended_reason: "finished", tm_end: at(9) } as const;
      await activeflows.save(runs[2]?.id ?? "", ended, []);
      expect(await activeflows.running()).toEqual([runs[1], runs[0]]);
      expect(await activeflows.get(runs[2]?.id ?? "")).toMatchObject(ended);
    });

    test("activeflows are listed by customer, in pages", async () => {
      const { activeflows } = await open();
      const { customer_id } = sampleRun();
      const runs = [2, 1, 0].map((age) => sampleRun({ customer_id, tm_create: at(age) }));
      for (const run of [...runs, sampleRun()]) await activeflows.create(run, sampleFrame(), []);
      const first = await activeflows.list(customer_id, { pageSize: 2 });
      expect(first.result).toEqual(runs.slice(0, 2));
      const second = await activeflows.list(customer_id, { pageSize: 2, pageToken: first.next_page_token ?? "" });
      expect(second).toEqual({ result: runs.slice(2), next_page_token: null });
    });
  });
}
