import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { ClaimedDelivery, Delivery } from "../ports/delivery-store.ts";
import type { DeliveryRequest } from "../ports/outbox.ts";
import { readJson } from "./resource-kind.ts";
import type { DeliveryRow, Tables } from "./tables.ts";

const requestSchema: z.ZodType<DeliveryRequest> = z.object({
  url: z.string(),
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  headers: z.record(z.string(), z.string()),
  body: z.string().exactOptional(),
});

/** One that is stored already stays as it is. */
export async function insertDeliveries(transaction: Kysely<Tables>, deliveries: readonly Delivery[]): Promise<void> {
  for (const { request, createdAtMs, ...rest } of deliveries) {
    await transaction
      .insertInto("deliveries")
      .values({
        ...rest,
        request: JSON.stringify(request),
        created_at_ms: createdAtMs,
        due_at_ms: createdAtMs,
        attempts: 0,
        dead: null,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
  }
}

/** @throws StorageError `corrupt` */
export const fromDeliveryRow = (row: Selectable<DeliveryRow>): ClaimedDelivery => ({
  id: row.id,
  customer_id: row.customer_id,
  activeflow_id: row.activeflow_id,
  call_id: row.call_id,
  lane: row.lane,
  request: readJson(requestSchema, row.request, `delivery ${row.id}`),
  createdAtMs: row.created_at_ms,
  attempts: row.attempts,
});
