/**
 * Keeps the switch's SIP accounts the same as the extensions that are stored.
 *
 * 1. What is stored counts. A change is stored first, then given to the switch; one that is away gets it when it is back.
 * 2. Changes go one after the other, so that the last one stored is the last one given.
 */
import type { Logger } from "pino";
import type { Extension } from "../model/extension.ts";
import type { Account, Accounts } from "../ports/accounts.ts";
import type { ExtensionStore } from "../ports/extension-store.ts";
import { TelephonyError } from "../ports/telephony.ts";
import type { Health } from "./health.ts";

type Services = {
  readonly extensions: ExtensionStore;
  readonly accounts: Accounts;
  readonly health: Health;
  readonly log: Logger;
};

export type AccountKeeper = {
  /** The same store; what is changed through it, the switch knows too when the change resolves, if it can be reached. */
  readonly extensions: ExtensionStore;
  /** Gives the switch what it lacks, and takes from it what nobody has any more. For each time it becomes reachable. */
  settle(): Promise<void>;
};

const COMPONENT = "accounts";
/** Asterisk can be reached a moment before it has loaded all that it is made of. */
const AGAIN_MS = 1_000;

/** Not ready until the switch has had every account for the first time. */
export function keepAccounts({ extensions: store, accounts, health, log }: Services): AccountKeeper {
  let last: Promise<unknown> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  health.fail(COMPONENT, "SIP accounts are not in Asterisk yet");

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  /** Makes the switch agree with the store about one name; false when that should be tried again. */
  async function push(name: string): Promise<boolean> {
    const stored = await store.byName(name);
    try {
      if (stored) await accounts.put(accountOf(stored));
      else await accounts.remove(name);
      if (stored?.status === "pending") {
        await store.update(stored.id, { status: "ready", tm_update: stored.tm_update });
      }
      return true;
    } catch (error) {
      if (!(error instanceof TelephonyError)) throw error;
      log.warn({ err: error, extension_id: stored?.id }, "a SIP account waits until Asterisk can take it");
      return error.fault === "refused";
    }
  }

  /** False when something is left to do. */
  async function settleAll(): Promise<boolean> {
    // Asked before the store is: what the store lacks then was not made in between.
    const present = new Set(await accounts.names());
    const stored = await store.all();
    const wanted = new Set(stored.map(({ extension }) => extension));
    const lacking = stored.filter(({ extension, status }) => status === "pending" || !present.has(extension));
    const surplus = [...present].filter((name) => !wanted.has(name));
    let settled = true;
    for (const name of [...lacking.map(({ extension }) => extension), ...surplus]) {
      settled = (await inTurn(() => push(name))) && settled;
    }
    if (lacking.length > 0) log.info({ accounts: lacking.length, settled }, "SIP accounts given to Asterisk");
    return settled;
  }

  async function settle(): Promise<void> {
    clearTimeout(again);
    try {
      if (await settleAll()) return;
    } catch (error) {
      log.warn({ err: error }, "SIP accounts could not be compared with Asterisk's");
    } finally {
      health.recover(COMPONENT);
    }
    again = setTimeout(settle, AGAIN_MS).unref();
  }

  return {
    extensions: {
      ...store,
      create: (extension) =>
        inTurn(async () => {
          await store.create(extension);
          await push(extension.extension);
        }),
      update: (id, changes, customerId) =>
        inTurn(async () => {
          const changed = await store.update(id, { ...changes, status: "pending" }, customerId);
          if (!changed) return undefined;
          await push(changed.extension);
          return store.get(id, customerId);
        }),
      remove: (id, customerId) =>
        inTurn(async () => {
          const existing = await store.get(id, customerId);
          const removed = await store.remove(id, customerId);
          if (existing && removed) await push(existing.extension);
          return removed;
        }),
    },
    settle,
  };
}

const accountOf = ({ extension, name, realm, digest }: Extension): Account => ({
  name: extension,
  displayName: name,
  realm,
  digest,
});
