import { type Message, messageSchema, settleTarget, type TargetNews, takesNews } from "../model/message.ts";
import type { Delivery } from "../ports/delivery-store.ts";
import type { MessageStore } from "../ports/message-store.ts";
import type { Database } from "./database.ts";
import { insertDeliveries } from "./delivery-rows.ts";
import { type ResourceKind, toRow } from "./resource-kind.ts";
import { changeResource, findResource, listResources, removeResource } from "./resource-rows.ts";
import { execute, type Statement, type Statements } from "./statement.ts";
import { insertFacts } from "./timeline-rows.ts";

const messages: ResourceKind<Message> = {
  table: "messages",
  schema: messageSchema,
  columns: ["status", "conversation_id"],
};

export const messageStore = (database: Database): MessageStore => ({
  create: (message) => database.execute((statements) => insertMessages(statements, [message])),
  get: (id, customerId) => database.read((reader) => findResource(reader, messages, { id, customerId })),
  list: (customerId, page, filter) =>
    database.read((reader) => listResources(reader, messages, customerId, page, filter)),
  remove: (id, customerId) =>
    database.write((transaction) => removeResource(transaction, messages.table, { id, customerId })),
  begin: (id, target, at) =>
    database.write(async (transaction) => {
      const found = await findResource(transaction, messages, { id, locked: database.locksRows });
      const begun = found?.targets[target]?.tm_sending;
      if (!found || begun) return begun ?? at;
      const targets = found.targets.map((each, index) => (index === target ? { ...each, tm_sending: at } : each));
      await changeResource(transaction, messages, { id }, { targets, tm_update: at });
      return at;
    }),
  settle: ({ id }, target, settled, facts) =>
    database.write(async (transaction) => {
      const found = await findResource(transaction, messages, { id, locked: database.locksRows });
      const over = [deliveryId(id, target), ...(settled.status === "sent" ? [] : [reportId(id, target)])];
      await transaction.deleteFrom("deliveries").where("id", "in", over).execute();
      const one = found?.targets[target];
      if (!found || !one || !takesNews(one, settled.status)) return undefined;
      const [{ at } = { at: found.tm_update }] = facts;
      const changes = { ...settleTarget(found, target, settled), tm_update: at };
      const changed = await changeResource(transaction, messages, { id }, changes);
      await execute(transaction, [
        ...insertFacts(database.statements, facts),
        ...insertDeliveries(database.statements, reportsOf(found, target, settled)),
      ]);
      return changed;
    }),
});

/** Messages that are stored already stay as they are. */
export const insertMessages = (statements: Statements, added: readonly Message[]): readonly Statement[] =>
  added.flatMap((message) => [
    statements.insert(messages.table, toRow(messages, message), ["id"]),
    ...insertDeliveries(statements, deliveriesOf(message)),
  ]);

const deliveriesOf = (message: Message): readonly Delivery[] =>
  message.targets.flatMap(({ status, destination: { type, target, target_name } }, index) => {
    if (status !== "queued") return [];
    return {
      id: deliveryId(message.id, index),
      customer_id: message.customer_id,
      activeflow_id: message.activeflow_id,
      call_id: message.call_id,
      // Texts to one party arrive in the order in which they were sent; nobody else waits for them.
      lane: `message ${message.customer_id} ${type}:${target || target_name}`,
      request: { message_id: message.id, target: index },
      createdAtMs: Date.parse(message.tm_create),
    };
  });

/** What is due when a target's report is, which is then awaited no longer. */
const reportsOf = (message: Message, target: number, { reportDueAtMs }: TargetNews): readonly Delivery[] => {
  if (reportDueAtMs === undefined) return [];
  const { id: message_id, customer_id, activeflow_id, call_id } = message;
  const id = reportId(message_id, target);
  const request = { message_id, target, awaits: "report" } as const;
  const about = { customer_id, activeflow_id, call_id, createdAtMs: Date.parse(message.tm_create) };
  // In a lane of its own: nobody waits for it.
  return [{ id, ...about, lane: id, request, dueAtMs: reportDueAtMs }];
};

const reportId = (messageId: string, target: number): string => `${deliveryId(messageId, target)}.report`;
const deliveryId = (messageId: string, target: number): string => `${messageId}.${target}`;
