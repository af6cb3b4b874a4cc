import type { Selectable } from "kysely";
import { z } from "zod";
import type { ClaimedDelivery, Delivery, MessageRequest } from "../ports/delivery-store.ts";
import type { DeliveryRequest } from "../ports/outbox.ts";
import { readJson } from "./resource-kind.ts";
import type { Statement, Statements } from "./statement.ts";
import type { DeliveryRow } from "./tables.ts";

const requestSchema: z.ZodType<DeliveryRequest> = z.object({
  url: z.string(),
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  headers: z.record(z.string(), z.string()),
  body: z.string().exactOptional(),
});

const messageSchema: z.ZodType<MessageRequest> = z.object({
  message_id: z.string(),
  target: z.int(),
  awaits: z.literal("report").exactOptional(),
});
const anySchema = z.union([messageSchema, requestSchema]);

/** One that is stored already stays as it is. */
export const insertDeliveries = ({ insert }: Statements, deliveries: readonly Delivery[]): readonly Statement[] =>
  deliveries.map(({ id, customer_id, activeflow_id, call_id, lane, request, createdAtMs, dueAtMs }) =>
    insert(
      "deliveries",
      {
        id,
        customer_id,
        activeflow_id,
        call_id,
        lane,
        request: JSON.stringify(request),
        created_at_ms: createdAtMs,
        due_at_ms: dueAtMs ?? createdAtMs,
        attempts: 0,
        dead: null,
      },
      ["id"],
    ),
  );

/** @throws StorageError `corrupt` */
export const fromDeliveryRow = (row: Selectable<DeliveryRow>): ClaimedDelivery => ({
  id: row.id,
  customer_id: row.customer_id,
  activeflow_id: row.activeflow_id,
  call_id: row.call_id,
  lane: row.lane,
  request: readJson(anySchema, row.request, `delivery ${row.id}`),
  createdAtMs: row.created_at_ms,
  attempts: row.attempts,
});
