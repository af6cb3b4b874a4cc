import { type IdempotentRequest, idempotentRequestSchema } from "../model/idempotent-request.ts";
import type { Clock } from "../ports/clock.ts";
import type { IdempotencyStore } from "../ports/idempotency-store.ts";
import type { Database } from "./database.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { findResource, insertResource, removeOlder } from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";

const requests: ResourceKind<IdempotentRequest> = {
  table: "idempotent_requests",
  schema: idempotentRequestSchema,
  columns: [],
};

export function idempotencyStore(database: Database, clock: Clock): IdempotencyStore {
  const store = resourceStore(database, clock, requests);
  return {
    begin: (request, forgetBefore) =>
      database.write(async (transaction) => {
        await removeOlder(transaction, requests.table, request.customer_id, forgetBefore);
        const known = await findResource(transaction, requests, { id: request.id });
        if (known) return known;
        await insertResource(transaction, requests, request);
        return undefined;
      }),
    async answer(id, answer) {
      await store.update(id, { answer });
    },
    async forget(id) {
      await store.remove(id);
    },
  };
}
