import { afterEach } from "vitest";
import type { Clock } from "../../src/ports/clock.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { createStorage } from "../../src/storage/create-storage.ts";
import type { Engine } from "../../src/storage/engine.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { at } from "./storage-samples.ts";
import type { StorageHarness } from "./storage-suite.ts";

const clock: Clock = {
  now: () => Date.parse(at(60_000)),
  sleepUntil: () => Promise.reject(new Error("no sleep here")),
};
const log = { info() {}, warn() {}, error() {} };
export const services = { clock, log };

/** Opens storages that are closed after each test. */
export function opener(harness: StorageHarness) {
  const opened: Storage[] = [];
  const keep = (storage: Storage): Storage => {
    opened.push(storage);
    return storage;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((storage) => storage.close()));
  });
  return {
    /** A storage on an empty database, or on this one. */
    async open(url?: string): Promise<Storage> {
      return keep(await openStorage(url ?? (await harness.emptyDatabase()), services));
    },
    /** A storage together with the engine below it. */
    async openWithEngine(url?: string): Promise<{ storage: Storage; engine: Engine }> {
      const engine = harness.openEngine(url ?? (await harness.emptyDatabase()));
      return { storage: keep(await createStorage(engine, services)), engine };
    },
  };
}
