/**
 * Keeps the switch's SIP parties of one kind the same as what is stored.
 *
 * 1. What is stored counts. A change is stored first, then given to the switch; one that is away gets it when it is back.
 * 2. Changes go one after the other, so that the last one stored is the last one given.
 */
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { Parties } from "../ports/parties.ts";
import type { Resource, ResourceStore } from "../ports/resource-store.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { Health } from "./health.ts";

type PartyStatus = "ready" | "pending";
type Kept = Resource & { readonly status: PartyStatus; readonly status_reason: string | null };
type Listed<T extends Resource> = ResourceStore<T> & { all(): Promise<readonly T[]> };

/** One kind of resource that is a party in the switch. */
export type PartyKind<T extends Kept, Party extends { readonly name: string }, Store extends Listed<T>> = {
  /** The name by which readiness knows it. */
  readonly component: string;
  /** As in `SIP accounts`: for people. */
  readonly plural: string;
  readonly store: Store;
  readonly parties: Parties<Party>;
  readonly partyOf: (resource: T) => Party;
  readonly find: (name: string) => Promise<T | undefined>;
  /** With why it waits, should the switch have said so. */
  readonly withStatus: (changes: Partial<T>, status: PartyStatus, reason: string | null) => Partial<T>;
  /** What a party is made of may change by itself: it is given again from time to time. */
  readonly drifts?: (party: Party) => boolean;
};

export type PartyKeeper<Store> = {
  /** The same store; what is changed through it, the switch knows too when the change resolves, if it can be reached. */
  readonly store: Store;
  /** Gives the switch what it lacks, and takes from it what nobody has any more. For each time it becomes reachable. */
  settle(): Promise<void>;
};

/** Asterisk can be reached a moment before it has loaded all that it is made of. */
const FIRST_AGAIN_MS = 1_000;
/** Seldom enough for what will never succeed, often enough to follow a carrier that moves. */
const LAST_AGAIN_MS = 300_000;

/** Not ready until the switch has had every party for the first time. */
export function keepParties<T extends Kept, Party extends { readonly name: string }, Store extends Listed<T>>(
  kind: PartyKind<T, Party, Store>,
  { health, log }: { readonly health: Health; readonly log: Logger },
): PartyKeeper<Store> {
  const { component, plural, store, parties, partyOf, withStatus } = kind;
  let last: Promise<unknown> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  health.fail(component, `${plural} are not in Asterisk yet`);

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  /** Makes the switch agree with the store about one name; false when that should be tried again. */
  async function push(name: string): Promise<boolean> {
    const stored = await kind.find(name);
    try {
      if (stored) await parties.put(partyOf(stored));
      else await parties.remove(name);
      if (stored && (stored.status === "pending" || stored.status_reason !== null)) await note(stored, "ready", null);
      return true;
    } catch (error) {
      if (!(error instanceof TelephonyError)) throw error;
      log.warn({ err: error, kind: plural, id: stored?.id }, "a SIP party waits until Asterisk can take it");
      if (stored && stored.status_reason !== error.message) await note(stored, stored.status, error.message);
      return error.fault === "refused";
    }
  }

  /** Nobody has changed the resource itself. */
  async function note(stored: T, status: PartyStatus, reason: string | null): Promise<void> {
    await store.update(stored.id, { ...withStatus({}, status, reason), tm_update: stored.tm_update });
  }

  /** False when something is left to do. */
  async function settleAll(): Promise<boolean> {
    // Asked before the store is: what the store lacks then was not made in between.
    const present = new Set(await parties.names());
    const stored = (await store.all()).map((resource) => ({ status: resource.status, party: partyOf(resource) }));
    const wanted = new Set(stored.map(({ party }) => party.name));
    const isLacking = (name: string, status: PartyStatus) => status === "pending" || !present.has(name);
    const lacking = stored.filter(({ party, status }) => isLacking(party.name, status));
    const drifting = stored.filter(({ party, status }) => kind.drifts?.(party) && !isLacking(party.name, status));
    const surplus = [...present].filter((name) => !wanted.has(name));
    let settled = true;
    for (const name of [...[...lacking, ...drifting].map(({ party }) => party.name), ...surplus]) {
      settled = (await inTurn(() => push(name))) && settled;
    }
    if (lacking.length > 0) log.info({ kind: plural, count: lacking.length, settled }, "SIP parties given to Asterisk");
    return settled;
  }

  async function settle(againMs = FIRST_AGAIN_MS): Promise<void> {
    clearTimeout(again);
    const settled = await settleAll().catch((error) => {
      log.warn({ err: error, kind: plural }, "SIP parties could not be compared with Asterisk's");
      return false;
    });
    health.recover(component);
    clearTimeout(again);
    const nextMs = Math.min(againMs * 2, LAST_AGAIN_MS);
    again = setTimeout(() => void settle(settled ? FIRST_AGAIN_MS : nextMs), settled ? LAST_AGAIN_MS : againMs).unref();
  }

  return {
    store: {
      ...store,
      create: (resource: T) =>
        inTurn(async () => {
          await store.create(resource);
          await push(partyOf(resource).name);
        }),
      update: (id: string, changes: Partial<T>, customerId?: string) =>
        inTurn(async () => {
          const before = await store.get(id, customerId);
          if (!before) return undefined;
          const isSame = isDeepStrictEqual(partyOf(before), partyOf({ ...before, ...changes }));
          if (isSame && before.status === "ready") return store.update(id, changes, customerId);
          const changed = await store.update(id, withStatus(changes, "pending", null), customerId);
          if (!changed) return undefined;
          await push(partyOf(changed).name);
          return store.get(id, customerId);
        }),
      remove: (id: string, customerId?: string) =>
        inTurn(async () => {
          const existing = await store.get(id, customerId);
          const removed = await store.remove(id, customerId);
          if (existing && removed) await push(partyOf(existing).name);
          return removed;
        }),
    },
    settle: () => settle(),
  };
}
