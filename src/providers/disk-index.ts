import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LRUCache } from "lru-cache";
import type { z } from "zod";
import type { DiskLimit } from "./disk-limit.ts";

/** Small facts by key, kept over restarts. It is a cache: what can't be read is absent, what can't be written is lost. */
export interface DiskIndex<Value> {
  get(key: string): Promise<Value | undefined>;
  set(key: string, value: Value): Promise<void>;
}

/** Entries in memory; each is some hundred bytes. */
const MAX_IN_MEMORY = 10_000;

/** One JSON file an entry, in a folder. */
export function diskIndex<Value extends object>(
  directory: string,
  schema: z.ZodType<Value>,
  limit: DiskLimit,
): DiskIndex<Value> {
  const recent = new LRUCache<string, Value>({ max: MAX_IN_MEMORY });
  const pathOf = (name: string) => join(directory, name.slice(0, 2), `${name}.json`);
  return {
    async get(key) {
      const name = keyHash(key);
      await limit.use(pathOf(name));
      const value = recent.get(name) ?? (await read(pathOf(name), schema));
      if (value) recent.set(name, value);
      return value;
    },
    async set(key, value) {
      const name = keyHash(key);
      recent.set(name, value);
      // On a full disk the audio is still there to be played; only the next process has to make it again.
      await write(pathOf(name), value).catch(() => undefined);
      limit.grow(0);
    },
  };
}

/** Names an entry without telling its key, which may hold a URL's secrets or what a caller was told. */
export const keyHash = (key: string): string => createHash("sha256").update(key).digest("hex");

async function read<Value>(path: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

async function write(path: string, value: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(value));
  await rename(temporary, path);
}
