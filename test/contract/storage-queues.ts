import { describe, expect, test } from "vitest";
import { opener } from "./storage-opened.ts";
import { at, sampleAgent, sampleDuty, sampleFact, sampleQueue, sampleQueuecall } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

export function queueTests(harness: StorageHarness): void {
  describe("queues", () => {
    const { open } = opener(harness);

    test("a caller who joins is counted by the queue, with the fact about it", async () => {
      const { queues, queuecalls, timeline } = await open();
      const queue = sampleQueue();
      await queues.create(queue);
      const callers = [1, 2].map((ticket) => sampleQueuecall({ queue_id: queue.id, ticket }));
      await Promise.all(
        callers.map((one) =>
          queuecalls.create(one, [sampleFact({ call_id: one.reference_id }, { ticket: one.ticket })]),
        ),
      );
      const [first] = callers;
      expect(await queuecalls.get(first?.id ?? "", first?.customer_id)).toEqual(first);
      expect(await queuecalls.get(first?.id ?? "", sampleQueue().customer_id)).toBeUndefined();
      expect(await queues.all()).toEqual([{ ...queue, total_incoming_count: 2 }]);
      expect(await timeline.ofCall(first?.reference_id ?? "")).toHaveLength(1);
    });

    test("caller, agent, duty and total change together", async () => {
      const { queues, queuecalls, agents } = await open();
      const [queue, agent] = [sampleQueue(), sampleAgent({ status: "ringing" })];
      const queuecall = sampleQueuecall({ queue_id: queue.id });
      await Promise.all([queues.create(queue), agents.create(agent), queuecalls.create(queuecall, [])]);
      const duty = sampleDuty({ id: agent.id });
      await queuecalls.change({ duty });
      const talking = { ...duty, kind: "talking" } as const;
      await queuecalls.change({
        queuecall: { id: queuecall.id, changes: { status: "service", tm_service: at(5) } },
        counts: { queueId: queue.id, total: "serviced" },
        duty: talking,
        agent: { id: agent.id, changes: { status: "busy" } },
      });
      expect(await queuecalls.get(queuecall.id)).toEqual({ ...queuecall, status: "service", tm_service: at(5) });
      expect(await queues.get(queue.id)).toMatchObject({ total_serviced_count: 1, total_abandoned_count: 0 });
      expect(await agents.get(agent.id)).toEqual({ ...agent, status: "busy" });
      expect(await queuecalls.duties()).toEqual([talking]);
      await queuecalls.change({ dutyOver: agent.id });
      expect(await queuecalls.duties()).toEqual([]);
    });

    test("a change of a caller who is not stored changes nothing else either", async () => {
      const { queuecalls } = await open();
      const { id } = sampleQueuecall();
      const refused = queuecalls.change({ queuecall: { id, changes: { status: "done" } }, duty: sampleDuty() });
      await expect(refused).rejects.toThrow(id);
      expect(await queuecalls.duties()).toEqual([]);
    });

    test("what concerns a queue or an agent that is gone changes the rest", async () => {
      const { queuecalls, queues, agents } = await open();
      const queuecall = sampleQueuecall();
      await queuecalls.create(queuecall, []);
      await queuecalls.change({
        queuecall: { id: queuecall.id, changes: { status: "abandoned" } },
        counts: { queueId: queuecall.queue_id, total: "abandoned" },
        agent: { id: sampleAgent().id, changes: { status: "busy" } },
      });
      expect(await queuecalls.get(queuecall.id)).toMatchObject({ status: "abandoned" });
      expect([await queues.all(), await agents.all()]).toEqual([[], []]);
    });

    test("live ones are those that are not over, in the order of their tickets", async () => {
      const { queuecalls } = await open();
      const [later, first] = [sampleQueuecall({ ticket: 10 }), sampleQueuecall({ ticket: 9, status: "service" })];
      const ended = sampleQueuecall({
        status: "done",
        reference_id: first.reference_id,
        customer_id: first.customer_id,
      });
      for (const one of [later, ended, first]) await queuecalls.create(one, []);
      expect(await queuecalls.live()).toEqual([first, later]);
      expect(await queuecalls.live([later.queue_id])).toEqual([later]);
      expect(await queuecalls.liveOfCall(first.reference_id, first.customer_id)).toEqual(first);
      expect(await queuecalls.liveOfCall(first.reference_id, later.customer_id)).toBeUndefined();
    });
  });
}
