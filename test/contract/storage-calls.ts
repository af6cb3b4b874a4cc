import { describe, expect, test } from "vitest";
import { opener } from "./storage-opened.ts";
import { at, sampleCall, sampleFact, sampleRun } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function callTests(harness: StorageHarness): void {
  describe("calls and timelines", () => {
    const { open } = opener(harness);

    test("who reads sees what was stored before, also if nobody has waited for that", async () => {
      const { calls } = await open();
      const call = sampleCall();
      await calls.create(call, []);
      const saved = calls.save({ ...call, status: "hangup", hangup_reason: "busy" }, []);
      expect(await calls.get(call.id)).toMatchObject({ status: "hangup", hangup_reason: "busy" });
      await saved;
    });

    test("a call changes together with the facts about it", async () => {
      const { calls, timeline } = await open();
      const call = sampleCall();
      const created = sampleFact({ call_id: call.id }, { source: "+1" });
      const answered = sampleFact({ call_id: call.id }, { codec: "ulaw" });
      await calls.create(call, [created]);
      await calls.save({ ...call, status: "progressing", tm_progressing: at(5) }, [answered]);
      expect(await calls.get(call.id, call.customer_id)).toEqual({
        ...call,
        status: "progressing",
        tm_progressing: at(5),
      });
      expect(await calls.get(call.id, sampleCall().customer_id)).toBeUndefined();
      expect(await timeline.ofCall(call.id)).toEqual([created, answered]);
    });

    test("of the changes of one call that are asked for at once, the last counts", async () => {
      const { calls } = await open();
      const call = sampleCall();
      const changed = (["progressing", "terminating"] as const).map((status) => ({ ...call, status }));
      const ended = { ...call, status: "hangup", hangup_cause: 16, tm_update: at(3) } as const;
      await Promise.all([calls.create(call, []), ...[...changed, ended].map((one) => calls.save(one, []))]);
      expect(await calls.get(call.id)).toEqual(ended);
      expect(await calls.live()).toEqual([]);
    });

    test("a channel belongs to one call", async () => {
      const { calls, timeline } = await open();
      const call = sampleCall();
      const other = sampleCall({ channel_id: call.channel_id });
      await calls.create(call, []);
      const refused = calls.create(other, [sampleFact({ call_id: other.id })]);
      await expect(refused).rejects.toMatchObject({ name: "StorageError", fault: "conflict" });
      expect(await timeline.ofCall(other.id)).toEqual([]);
    });

    test("a change of a call that is not stored is refused, and its facts with it", async () => {
      const { calls, timeline } = await open();
      const call = sampleCall({ status: "hangup" });
      const { id } = call;
      await expect(calls.save(call, [sampleFact({ call_id: id })])).rejects.toThrow(id);
      expect(await timeline.ofCall(id)).toEqual([]);
    });

    test("live calls are those without a hangup, oldest first", async () => {
      const { calls } = await open();
      const second = sampleCall({ tm_create: at(2), status: "terminating" });
      const first = sampleCall({ tm_create: at(1) });
      for (const call of [second, first, sampleCall({ status: "hangup" })]) await calls.create(call, []);
      expect(await calls.live()).toEqual([first, second]);
    });

    test("calls are listed by customer, filtered by status", async () => {
      const { calls } = await open();
      const call = sampleCall();
      const over = sampleCall({ customer_id: call.customer_id, status: "hangup", tm_create: at(1) });
      for (const each of [call, over, sampleCall()]) await calls.create(each, []);
      const page = { pageSize: 10 };
      expect((await calls.list(call.customer_id, page)).result).toEqual([over, call]);
      expect((await calls.list(call.customer_id, page, { status: "hangup" })).result).toEqual([over]);
      expect((await calls.list(call.customer_id, page, { flow_id: null })).result).toHaveLength(2);
    });

    test("a removed call is gone with the facts about it, and nothing else", async () => {
      const { calls, timeline } = await open();
      const [call, other] = [sampleCall(), sampleCall()];
      for (const one of [call, other]) await calls.create(one, [sampleFact({ call_id: one.id })]);
      expect(await calls.remove(call.id, other.customer_id)).toBe(false);
      expect(await timeline.ofCall(call.id)).toHaveLength(1);
      const isRemoved = [await calls.remove(call.id, call.customer_id), await calls.remove(call.id)];
      expect(isRemoved).toEqual([true, false]);
      expect([await calls.get(call.id), await timeline.ofCall(call.id)]).toEqual([undefined, []]);
      expect(await calls.get(other.id)).toEqual(other);
      expect(await timeline.ofCall(other.id)).toHaveLength(1);
    });

    test("facts are told in the order in which they were stored, by call and by activeflow", async () => {
      const { timeline } = await open();
      const call_id = sampleCall().id;
      const activeflow_id = sampleRun().id;
      const facts = Array.from({ length: 40 }, (_, n) =>
        sampleFact({ call_id, activeflow_id: n % 2 ? activeflow_id : null }, { n }),
      );
      await timeline.append(facts.slice(0, 30));
      await Promise.all(facts.slice(30).map((fact) => timeline.append([fact])));
      await timeline.append([]);
      expect(await timeline.ofCall(call_id)).toEqual(facts);
      expect(await timeline.ofActiveflow(activeflow_id)).toEqual(facts.filter((_, n) => n % 2));
    });
  });
}
