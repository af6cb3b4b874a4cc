import { type AccessKey, accessKeySchema } from "../model/access-key.ts";
import type { AccessKeyStore } from "../ports/access-key-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "./database.ts";
import { fromRow, type ResourceKind } from "./resource-kind.ts";
import { idsOfCustomer, removeResource, rowsWhere } from "./resource-rows.ts";
import { resourceStore } from "./resource-store.ts";

const accessKeys: ResourceKind<AccessKey> = { table: "access_keys", schema: accessKeySchema, columns: ["hash"] };

export const accessKeyStore = (database: Database, clock: Clock): AccessKeyStore => ({
  ...resourceStore(database, clock, accessKeys),
  async byHash(hash) {
    const [row] = await database.read((reader) => rowsWhere(reader, accessKeys.table, "hash", [hash]));
    return row && fromRow(accessKeys, row);
  },
  removeUnlessLast: (id, customerId) =>
    database.write(async (transaction) => {
      // Locked, so that two who remove one each do not both find the other's.
      const ids = await idsOfCustomer(transaction, accessKeys.table, customerId, database.locksRows);
      if (ids.every((other) => other === id)) return false;
      return removeResource(transaction, accessKeys.table, { id, customerId });
    }),
});
