/**
 * Keeps files below a size: those that were not used for the longest time go first.
 * 1. The last use of a file is its time of modification, so a restart forgets nothing.
 * 2. What was used in the last hour stays, whatever the size: it may be playing.
 * 3. A file is never removed while it is being found: `use` waits for a removal under way, a removal skips what is used.
 * 4. Files of one name and several endings are one thing: used, kept and removed together.
 */
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Clock } from "../ports/clock.ts";

export interface DiskLimit {
  /** To be called before a file is looked for. */
  use(path: string): Promise<void>;
  /** To be called after files were written; removes others in the background. */
  grow(bytes: number): void;
  /** Ends when nothing is being removed any more. */
  close(): Promise<void>;
}

/** Longer than a call waits between finding a file and playing it. */
const KEPT_MS = 3_600_000;
/** How exactly a last use is known. */
const NOTED_EVERY_MS = 300_000;
/** So much is freed at once that looking through all files is rare. */
const FREE_SHARE = 0.1;
/** When everything is in use, looking again soon is no use. */
const PAUSE_MS = 60_000;
/** Last uses in memory; one more is only noted again. */
const MAX_NOTED = 50_000;
/** Even an empty file takes a block. */
const BLOCK_BYTES = 4_096;

/** A limit on all files in these folders together, and their subfolders. */
export function diskLimit(folders: readonly string[], maxBytes: number, clock: Pick<Clock, "now">): DiskLimit {
  const noted = new LRUCache<string, number>({ max: MAX_NOTED });
  const removing = new Map<string, Promise<void>>();
  let closed = false;
  let sizeBytes = 0;
  let nextMs = Number.NEGATIVE_INFINITY;
  let tidying: Promise<void> | undefined;

  const tidy = async (): Promise<void> => {
    const files = await filesIn(folders);
    sizeBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (sizeBytes <= maxBytes) return;
    const goalBytes = maxBytes * (1 - FREE_SHARE);
    const things = [...Map.groupBy(files, ({ path }) => thingOf(path))].map(([thing, parts]) => ({
      thing,
      paths: parts.map(({ path }) => path),
      usedMs: Math.max(...parts.map(({ usedMs }) => usedMs)),
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    }));
    for (const { thing, paths, usedMs, bytes } of things.sort((a, b) => a.usedMs - b.usedMs)) {
      if (closed || sizeBytes <= goalBytes) return;
      if (clock.now() - Math.max(usedMs, noted.get(thing) ?? 0) < KEPT_MS + NOTED_EVERY_MS) continue;
      const removal = removeAll(paths);
      removing.set(thing, removal);
      await removal;
      removing.delete(thing);
      sizeBytes -= bytes;
    }
    nextMs = clock.now() + PAUSE_MS;
  };
  const start = (): void => {
    tidying ??= tidy()
      .catch(() => undefined)
      .finally(() => {
        tidying = undefined;
      });
  };
  // What is there from before may be too much already.
  start();

  return {
    async use(path) {
      const thing = thingOf(path);
      const nowMs = clock.now();
      const isNoted = nowMs - (noted.get(thing) ?? 0) < NOTED_EVERY_MS;
      if (!isNoted) noted.set(thing, nowMs);
      await removing.get(thing);
      // One that isn't there has no last use.
      if (!isNoted) await utimes(path, nowMs / 1_000, nowMs / 1_000).catch(() => undefined);
    },
    grow(bytes) {
      sizeBytes += Math.max(bytes, BLOCK_BYTES);
      if (sizeBytes > maxBytes && clock.now() >= nextMs) start();
    },
    async close() {
      closed = true;
      await tidying;
    },
  };
}

/** The path without its ending. */
const thingOf = (path: string): string => join(dirname(path), basename(path).split(".", 1)[0] ?? "");

async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true }).catch(() => undefined);
}

type KnownFile = { readonly path: string; readonly usedMs: number; readonly bytes: number };

async function filesIn(folders: readonly string[]): Promise<readonly KnownFile[]> {
  const files: KnownFile[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    // One after the other: this must not keep anybody who plays a file waiting.
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(() => undefined);
      if (found) files.push({ path, usedMs: found.mtimeMs, bytes: Math.max(found.size, BLOCK_BYTES) });
    }
  }
  return files;
}
