/**
 * Writes that share transactions.
 *
 * 1. Writes asked for in one turn of the event loop are committed together, in the order in which they were asked for.
 *    One that may wait goes with the next one that may not, or alone after a moment.
 * 2. The promise of a write settles after its transaction has: what is acknowledged is stored. Who reads sees what was
 *    asked for before, acknowledged or not.
 * 3. One batch at a time; what is asked for meanwhile waits for the next.
 * 4. When a batch fails, each of its writes is tried alone, so that a bad one fails for itself only. Not so when the
 *    database is away: whether a commit whose answer was lost has happened is unknown, and doing it twice is worse.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Kysely } from "kysely";
import { StorageError } from "../ports/storage-error.ts";
import type { Engine } from "./engine.ts";
import { execute, type Statement } from "./statement.ts";
import type { Tables } from "./tables.ts";
import { toStorageError } from "./to-storage-error.ts";

/** Statements of one write. May run more than once, so it has no other effect than on the transaction. */
export type Write<T> = (transaction: Kysely<Tables>) => Promise<T>;

/** Whether somebody does nothing until it is stored. */
export type Urgency = "now" | "mayWait";

export type GroupCommit = {
  write<T>(write: Write<T>): Promise<T>;
  /** A write that is statements alone. */
  execute(make: () => readonly Statement[], urgency?: Urgency): Promise<void>;
  /** Resolves when what was asked for has been tried, which who may wait need not any longer. */
  settled(): Promise<void>;
  /** Refuses further writes; resolves when those asked for before have settled. */
  close(): Promise<void>;
};

type Connection = Pick<Engine, "writer" | "diagnose" | "commitNow">;

/** Bounds how long one transaction holds the event loop (SQLite) or its locks (PostgreSQL). */
const LARGEST_BATCH = 200;
/** A transaction costs as much as what it stores; a crash loses no more than lies unread in a socket anyway. */
const COMPANY_MS = 10;
/** How long a transaction that stands in another's way is tried again: longer than any of ours takes. */
const PATIENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 50;

/**
 * A write and its caller: gives what tells the caller, to be called once all is committed. What is statements alone can
 * do without promises.
 */
type Waiting = {
  readonly known?: { readonly statements: readonly Statement[]; readonly tell: () => void };
  readonly apply: (transaction: Kysely<Tables>) => Promise<() => void>;
  readonly refuse: (error: unknown) => void;
};

export function groupCommit(engine: Connection): GroupCommit {
  let waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;
  let company: NodeJS.Timeout | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await nextTurn();
      const batch = waiting.slice(0, LARGEST_BATCH);
      waiting = waiting.slice(LARGEST_BATCH);
      await settle(batch);
    }
    draining = undefined;
  }

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const tellings = await patiently(engine, () => commitNow(engine, batch) ?? inOneTransaction(engine, batch));
      for (const tell of tellings) tell();
    } catch (error) {
      const failure = toStorageError(engine, error);
      if (batch.length > 1 && failure.fault !== "unavailable") return settleEach(batch);
      for (const { refuse } of batch) refuse(failure);
    }
  }

  async function settleEach(batch: readonly Waiting[]): Promise<void> {
    for (const one of batch) await settle([one]);
  }

  function begin(): void {
    clearTimeout(company);
    company = undefined;
    if (waiting.length > 0) draining ??= drain();
  }

  function add(write: Waiting, urgency: Urgency = "now"): void {
    if (closed) {
      write.refuse(new StorageError("unavailable", "the storage is closed"));
      return;
    }
    waiting.push(write);
    if (urgency === "now") begin();
    else if (!draining) company ??= setTimeout(begin, COMPANY_MS);
  }

  return {
    write: <T>(write: Write<T>) =>
      new Promise<T>((resolve, refuse) => {
        const apply = async (transaction: Kysely<Tables>) => {
          const value = await write(transaction);
          return () => resolve(value);
        };
        add({ apply, refuse });
      }),
    execute: (make, urgency) =>
      new Promise<void>((resolve, refuse) => {
        const statements = make();
        const apply = async (transaction: Kysely<Tables>) => {
          await execute(transaction, statements);
          return resolve;
        };
        add({ known: { statements, tell: resolve }, apply, refuse }, urgency);
      }),
    settled() {
      if (waiting.length === 0) return Promise.resolve();
      return new Promise<void>((resolve) => {
        const apply = async () => resolve;
        add({ known: { statements: [], tell: resolve }, apply, refuse: () => resolve() });
      });
    },
    async close() {
      closed = true;
      begin();
      await draining;
    },
  };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Commits a batch of statements alone where that needs no waiting; undefined where it does. */
function commitNow(engine: Connection, batch: readonly Waiting[]): (() => void)[] | undefined {
  const known = batch.flatMap(({ known }) => known ?? []);
  if (!engine.commitNow || known.length < batch.length) return undefined;
  engine.commitNow(known.flatMap(({ statements }) => statements));
  return known.map(({ tell }) => tell);
}

const inOneTransaction = (engine: Connection, batch: readonly Waiting[]): Promise<(() => void)[]> =>
  engine.writer.transaction().execute(async (transaction) => {
    const tellings: (() => void)[] = [];
    for (const { apply } of batch) tellings.push(await apply(transaction));
    return tellings;
  });

/** Tries again while another process is in the way. The wait is real time: that process knows no other. */
export async function patiently<T>(engine: Pick<Engine, "diagnose">, attempt: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!engine.diagnose(error).passing || performance.now() > deadline) throw error;
      await pause(pauseMs);
    }
  }
}
