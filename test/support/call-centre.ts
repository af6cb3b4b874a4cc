/** Queues and agents of live tests. Each queue has a tag of its own, so that no agent of another test takes its callers. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { eventually } from "./eventually.ts";
import type { FlowAction, Lab } from "./lab.ts";
import type { Phone } from "./phone.ts";

const queuecallSchema = z.looseObject({
  id: z.string(),
  queue_id: z.string(),
  reference_id: z.string(),
  status: z.string(),
  end_reason: z.string().nullable(),
  service_agent_id: z.string().nullable(),
  position: z.number().nullable(),
  duration_waiting: z.number(),
  duration_service: z.number(),
  tm_create: z.string(),
  tm_service: z.string().nullable(),
  tm_end: z.string().nullable(),
});
export type Queuecall = z.infer<typeof queuecallSchema>;
const queueSchema = z.looseObject({
  id: z.string(),
  wait_queuecall_ids: z.array(z.string()),
  service_queuecall_ids: z.array(z.string()),
  total_incoming_count: z.number(),
  total_serviced_count: z.number(),
  total_abandoned_count: z.number(),
});

export type TestAgent = {
  readonly id: string;
  readonly phone: Phone;
  status(): Promise<string>;
  set(status: string): Promise<void>;
};
export type TestQueue = {
  readonly id: string;
  readonly tagId: string;
  /** As the API shows it. */
  shown(): Promise<z.infer<typeof queueSchema>>;
  /** Its callers, in the order in which they came. */
  callers(): Promise<readonly Queuecall[]>;
  /** Waits until so many callers wait in it. */
  waiting(count: number): Promise<void>;
  /** Waits until its only caller, or the one who came at this place, has this status. */
  caller(status: string, index?: number): Promise<Queuecall>;
  /** An agent who takes its callers, with a phone. */
  agent(options?: {
    readonly phone?: Phone;
    readonly tagIds?: readonly string[];
    readonly status?: string;
  }): Promise<TestAgent>;
  /** What puts a caller into it. */
  readonly join: FlowAction;
};

/** Makes a queue. Whoever does not answer rests so briefly that tests need not wait. */
export async function makeQueue(lab: Lab, options: object = {}): Promise<TestQueue> {
  const { api } = lab;
  const { id: tagId } = await api.post("/tags", { name: randomUUID() });
  const { id } = await api.post("/queues", { name: "sales", tag_ids: [tagId], rest_time: 1_000, ...options });
  const shown = async () => queueSchema.parse(await api.get(`/queues/${id}`));
  const callers = async () => {
    const all = queuecallSchema.array().parse(await api.list("/queuecalls"));
    return all.filter(({ queue_id }) => queue_id === id).toReversed();
  };
  return {
    id,
    tagId,
    shown,
    callers,
    join: { type: "queue_join", option: { queue_id: id } },
    waiting: async (count) => {
      await eventually(`${count} callers who wait`, async () => (await shown()).wait_queuecall_ids.length === count);
    },
    caller: (status, index = 0) =>
      eventually(`caller ${index} being ${status}`, async () => {
        const caller = (await callers())[index];
        if (caller?.status === status) return caller;
        throw new Error(JSON.stringify(caller));
      }),
    async agent({ phone, tagIds = [tagId], status = "available" } = {}) {
      const own = phone ?? (await lab.phone({ user: "agent" }));
      const addresses = [{ type: "sip", target: `sip:${own.user}@${own.address}` }];
      const made = await api.post("/agents", { name: "Anna", addresses, tag_ids: tagIds, status });
      const path = `/agents/${made.id}`;
      return {
        id: made.id,
        phone: own,
        status: async () => z.looseObject({ status: z.string() }).parse(await api.get(path)).status,
        set: async (to) => {
          const answer = await api.request("PUT", `${path}/status`, { status: to });
          if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
        },
      };
    },
  };
}
