import type { FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { z } from "zod";
import type { AccessKeyStore } from "../ports/access-key-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import { StorageError } from "../ports/storage-error.ts";
import { Problem } from "./problem.ts";
import { hashOfKey } from "./secrets.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose key the request carries; empty where no key is asked for. */
    customerId: string;
  }
}

/** Lets a request pass that carries a known key, and says whose it is. */
export const requireKey =
  (accessKeys: AccessKeyStore): onRequestAsyncHookHandler =>
  async (request) => {
    const key = takeKey(request);
    if (key === undefined) {
      throw new Problem("KEY_MISSING", "a key is needed: Authorization: Bearer KEY, or ?accesskey=KEY");
    }
    const accessKey = await accessKeys.byHash(hashOfKey(key));
    if (!accessKey) throw new Problem("KEY_UNKNOWN", "this key is not known");
    request.customerId = accessKey.customer_id;
  };

/** Stores a key that was chosen elsewhere, unless it is there already. */
export async function ensureAccessKey(
  accessKeys: AccessKeyStore,
  key: string,
  { customerId, name, clock, ids }: { customerId: string; name: string; clock: Clock; ids: Ids },
): Promise<void> {
  const hash = hashOfKey(key);
  if (await accessKeys.byHash(hash)) return;
  const now = new Date(clock.now()).toISOString();
  try {
    await accessKeys.create({ id: ids.next(), customer_id: customerId, name, hash, tm_create: now, tm_update: now });
  } catch (error) {
    // Another process that starts at the same time was faster.
    if (!(error instanceof StorageError) || error.fault !== "conflict") throw error;
  }
}

const anyQuery = z.looseObject({ accesskey: z.unknown().optional() });

/** The key of a request. One in the query is taken out of it, so that no later stage sees or reports it. */
function takeKey(request: FastifyRequest): string | undefined {
  const { accesskey, ...query } = anyQuery.parse(request.query);
  request.query = query;
  const [scheme, token] = (request.headers.authorization ?? "").split(/\s+/);
  if (scheme?.toLowerCase() === "bearer" && token) return token;
  return typeof accesskey === "string" && accesskey !== "" ? accesskey : undefined;
}
