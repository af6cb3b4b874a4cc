import type { Kysely } from "kysely";
import type { Agent } from "../model/agent.ts";
import { type AgentDuty, agentDutySchema } from "../model/agent-duty.ts";
import type { Queue } from "../model/queue.ts";
import { liveStatuses, type Queuecall, queuecallSchema } from "../model/queuecall.ts";
import type { QueueChange, QueuecallStore } from "../ports/queuecall-store.ts";
import { StorageError } from "../ports/storage-error.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import {
  allRows,
  changeResource,
  findResource,
  insertResource,
  listResources,
  removeResource,
  rowsWhere,
} from "./resource-rows.ts";
import { soundRows } from "./sound-rows.ts";
import { execute } from "./statement.ts";
import type { Tables } from "./tables.ts";
import { insertFacts } from "./timeline-rows.ts";

const queuecalls: ResourceKind<Queuecall> = {
  table: "queuecalls",
  schema: queuecallSchema,
  columns: ["queue_id", "reference_id", "status"],
};
const duties: ResourceKind<AgentDuty> = { table: "agent_duties", schema: agentDutySchema, columns: [] };

type Kinds = { readonly queues: ResourceKind<Queue>; readonly agents: ResourceKind<Agent> };
type Total = "incoming" | "serviced" | "abandoned";

export function queuecallStore(
  database: Database,

  { queues, agents }: Kinds,
): QueuecallStore {
  const locked = database.locksRows;

  async function count(transaction: Kysely<Tables>, id: string, total: Total): Promise<void> {
    const queue = await findResource(transaction, queues, { id, locked });
    const field = `total_${total}_count` as const;
    if (queue) await changeResource(transaction, queues, { id }, { [field]: queue[field] + 1 });
  }

  async function apply(transaction: Kysely<Tables>, change: QueueChange): Promise<void> {
    const { queuecall, counts, duty, dutyOver, agent, facts = [] } = change;
    if (queuecall) {
      const { id, changes } = queuecall;
      const changed = await changeResource(transaction, queuecalls, { id, locked }, changes);
      if (!changed) throw new StorageError("unknown", `no queuecall ${id} is stored`);
    }
    if (counts) await count(transaction, counts.queueId, counts.total);
    const over = duty?.id ?? dutyOver;
    if (over !== undefined) await removeResource(transaction, duties.table, { id: over });
    if (duty) await insertResource(transaction, duties, duty);
    if (agent) await changeResource(transaction, agents, { id: agent.id, locked }, agent.changes);
    await execute(transaction, insertFacts(database.statements, facts));
  }

  /** Live ones whose column holds one of these values, in the order of their tickets. */
  async function liveWhere(column: string, values: readonly string[]): Promise<readonly Queuecall[]> {
    const rows = await database.read((reader) => rowsWhere(reader, queuecalls.table, column, values));
    return soundRows(database.log, rows, (row) => fromRow(queuecalls, row))
      .filter(({ status }) => LIVE.has(status))
      .toSorted((one, other) => one.ticket - other.ticket);
  }

  return {
    create: (queuecall, facts) =>
      database.write(async (transaction) => {
        await insertResource(transaction, queuecalls, queuecall);
        await count(transaction, queuecall.queue_id, "incoming");
        await execute(transaction, insertFacts(database.statements, facts));
      }),
    change: (change) => database.write((transaction) => apply(transaction, change)),
    get: (id, customerId) => database.read((reader) => findResource(reader, queuecalls, { id, customerId })),
    list: (customerId, page, filter) =>
      database.read((reader) => listResources(reader, queuecalls, customerId, page, filter)),
    async live(queueIds) {
      const all = await liveWhere("status", liveStatuses);
      return queueIds === undefined ? all : all.filter(({ queue_id }) => queueIds.includes(queue_id));
    },
    liveOfCall: async (callId, customerId) =>
      (await liveWhere("reference_id", [callId])).find(({ customer_id }) => customer_id === customerId),
    remove: (id, customerId) =>
      database.write((transaction) => removeResource(transaction, queuecalls.table, { id, customerId })),
    async duties() {
      const rows = await database.read((reader) => allRows(reader, duties.table));
      return soundRows(database.log, rows, (row) => fromRow(duties, row));
    },
  };
}

const LIVE: ReadonlySet<string> = new Set(liveStatuses);
