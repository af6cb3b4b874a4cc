import type { Clock } from "../ports/clock.ts";
import type { Resource, ResourceStore } from "../ports/resource-store.ts";
import type { Database } from "./database.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { changeResource, findResource, insertResource, listResources, removeResource } from "./resource-rows.ts";

/** A store of one kind of resource. `tm_update` is set by each change that does not bring its own. */
export const resourceStore = <T extends Resource>(
  database: Database,
  clock: Clock,
  kind: ResourceKind<T>,
): ResourceStore<T> => ({
  create: (resource) => database.write((transaction) => insertResource(transaction, kind, resource)),
  get: (id, customerId) => database.read((reader) => findResource(reader, kind, { id, customerId })),
  list: (customerId, page, filter) => database.read((reader) => listResources(reader, kind, customerId, page, filter)),
  update(id, changes, customerId) {
    const access = { id, customerId, locked: database.locksRows };
    const tm_update = new Date(clock.now()).toISOString();
    return database.write((transaction) => changeResource(transaction, kind, access, { tm_update, ...changes }));
  },
  remove: (id, customerId) =>
    database.write((transaction) => removeResource(transaction, kind.table, { id, customerId })),
});
